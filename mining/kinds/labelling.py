"""What Label Studio shows of each kind: the values of the $variables in its labelling config."""

import base64
from typing import Any

from annotation.models import Task
from annotation.text import in_page_language
from mining.actions.imports_images import image_store
from mining.images.store import web_mime


def phrase(task: Task) -> dict[str, Any]:
    content = task.content
    examples = [f"{example['text']} — {example.get('source', '')}" for example in content["examples"]]
    return {
        "phrase": content["phrase"],
        "category": in_page_language(content["category"]) or "–",
        "examples": "\n\n".join(examples) or "–",
    }


def relation_sentence(task: Task) -> dict[str, Any]:
    content = task.content
    ends = [_end(content["text"], content[name], name) for name in ("subject", "object")]
    return {
        "text": content["text"],
        "category": in_page_language(content["category"]) or "–",
        "regions": ends,
    }


def _end(text: str, end: dict[str, Any], name: str) -> dict[str, Any]:
    """Offsets of Label Studio are in characters and half-open, as ours."""
    span = {"start": end["start"], "end": end["end"], "text": text[end["start"] : end["end"]]}
    about = {"id": name, "from_name": "ends", "to_name": "sentence", "type": "labels"}
    return {**about, "value": {**span, "labels": [name]}}


def image_text(task: Task) -> dict[str, Any]:
    """The page's copy of the image travels inside the task: no server but ours could fetch it from us."""
    content = task.content
    copy = image_store().web(content["image"]["sha256"]).read_bytes()
    return {
        "image": f"data:{web_mime(copy)};base64,{base64.b64encode(copy).decode()}",
        "text": content["text"],
        "title": content.get("title") or "–",
        "category": in_page_language(content["category"]) or "–",
    }
