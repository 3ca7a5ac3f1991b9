"""The development data as candidates to import, each with the answer a careful person would give.

Yields (row in the import's own fields, whether it is true). Nothing in the data is exactly what we ask:
the triples of OpenBG-CSK have no sentences, so each is put into one, and which things fit which scene or
person is asked as "satisfy"; colours and kinds of clothes stand for property values. The images are real.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Labelled = Iterator[tuple[dict[str, Any], bool]]
FOLDERS = ("zh_csk_triples", "img_grocery", "img_fashion_small")
# How a triple is said: before the subject, between, after the object.
SAID = {
    "品类_适用_场景": ("选", "，正适合", "的时候用。"),
    "品类_适用_人物": ("这款", "很适合", "使用。"),
}
CATEGORY = "日用百货"


def missing(data: Path) -> list[str]:
    """Folders of the development data that are not there."""
    return [name for name in FOLDERS if not (data / name).is_dir()]


def relations(data: Path) -> Labelled:
    """Triples put into sentences."""
    for row in _jsonl(data / "zh_csk_triples/labelled.jsonl"):
        if row["predicate"] not in SAID:
            continue
        before, between, after = SAID[row["predicate"]]
        subject, object_ = row["subject"], row["object"]
        start = len(before)
        middle = start + len(subject) + len(between)
        yield (
            {
                "id": row["triple_id"],
                "text": f"{before}{subject}{between}{object_}{after}",
                "relation": "satisfy",
                "subject": subject,
                "subject_start": start,
                "subject_end": start + len(subject),
                "object": object_,
                "object_start": middle,
                "object_end": middle + len(object_),
                "category": CATEGORY,
                "language": "zh",
            },
            row["salience"] == "1",
        )


def groceries(data: Path) -> Labelled:
    """Photos taken in a shop: every other one with the name of another product."""
    products = {row["id"]: row for row in _jsonl(data / "img_grocery/products.jsonl")}
    ids = sorted(products)
    for number, row in enumerate(_jsonl(data / "img_grocery/natural.jsonl")):
        if row["product_id"] not in products:
            continue
        is_true = number % 2 == 0
        place = ids.index(row["product_id"])
        named = products[row["product_id"] if is_true else ids[(place + 1 + number) % len(ids)]]
        is_true = named["id"] == row["product_id"]
        yield (
            {
                "id": row["image"],
                "image": row["image"],
                "text": named["name"].replace("-", " "),
                "text_class": "PropertyValue",
                "category": products[row["product_id"]]["coarse"],
                "language": "en",
            },
            is_true,
        )


def colours(data: Path) -> Labelled:
    """Clothes, each with its colour and with the colour of the one before."""
    before = ""
    for row in _jsonl(data / "img_fashion_small/items.jsonl"):
        colour = row["baseColour"]
        for number, said in enumerate(dict.fromkeys((colour, before or colour))):
            yield (
                {
                    "id": f"{row['id']}-{number}",
                    "image": row["image"],
                    "text": said.lower(),
                    "text_class": "PropertyValue",
                    # Without its own colour, or the title alone would give the answer away.
                    "title": row["articleType"],
                    "category": row["articleType"],
                    "language": "en",
                },
                said == colour,
            )
        before = colour


def _jsonl(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
