"""What `bench/phrases.py` mines: real Chinese reviews and queries and English product text, the lexicons that
seeds come from, and span annotations that the miner never sees.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from bench.real_input import _csv, _jsonl, _values, documents
from mining.phrases.parameters import SentenceText
from mining.sentences.normal_form import normal_form
from mining.sentences.split import split_sentences

LONGEST_SPAN = 8  # characters: longer annotated spans are whole clauses
_TAGGED = re.compile(r"COL title VAL (.*?) COL ")


def sentences(data: Path, language: str, *, every: int = 1) -> list[SentenceText]:
    """Every so manieth document, split; documents that are repeated word for word once."""
    texts = {"zh": _chinese, "en": _english}[language](data)
    found: list[SentenceText] = []
    for document, text in enumerate(list(dict.fromkeys(texts))[::every]):
        for start, end in split_sentences(text, language):
            found.append(SentenceText(len(found), document, language, None, text[start:end]))
    return found


def _chinese(data: Path) -> Iterator[str]:
    yield from (row["text"] for row in documents(data, "zh"))
    yield from (data / "zh_search_queries/queries.txt").read_text("utf-8").splitlines()
    yield from (row["Reviews"] for row in _csv(data / "zh_cosmetics_opinions/reviews.csv"))
    yield from (row["text"] for row in _jsonl(data / "zh_shampoo_aspects/aspects.jsonl"))


def _english(data: Path) -> Iterator[str]:
    yield from (row["text"] for row in documents(data, "en"))
    for row in _jsonl(data / "en_wdc_pave/surface_values.jsonl"):
        yield f"{row['input_title']}\n{row['input_description'] or ''}"
    for name in ("ae110k", "oamine"):
        yield from (row["input"] for row in _jsonl(data / f"en_title_attributes/{name}.jsonl"))
    for name in ("train", "valid"):
        text = (data / f"en_product_matching/amazon_google_{name}.txt").read_text("utf-8")
        yield from _TAGGED.findall(text)
    for row in (data / "en_search_queries/wands_queries.tsv").read_text("utf-8").splitlines()[1:]:
        yield row.split("\t")[1]
    for row in _jsonl(data / "img_fashion_detail/items.jsonl"):
        told = (re.sub(r"<[^>]+>", " ", text or "") for text in row["descriptions"].values())
        yield "\n".join([row["title"], *told])


def lexicon(data: Path, language: str) -> Iterator[str]:
    """Chinese: the folder of lexicons. English: attribute values and category names of a catalogue."""
    from mining.phrases.lexicons.files import read_lexicons

    if language == "zh":
        yield from read_lexicons([data / "zh_lexicons"])
        return
    for name in ("en_wdc_pave/normalised_values", "en_title_attributes/ae110k", "en_title_attributes/oamine"):
        for row in _jsonl(data / f"{name}.jsonl"):
            yield row["category"]
            yield from _values(row["target_scores"].items())
    for row in _csv(data / "en_marketplace_products/amazon.csv"):
        yield from (part.strip() for part in row["Category"].split("|"))
    for row in (data / "en_search_queries/wands_queries.tsv").read_text("utf-8").splitlines()[1:]:
        yield row.split("\t")[2]


def annotated(data: Path) -> dict[str, set[str]]:
    """Normal forms of the annotated spans per set: aspects and opinions of cosmetics, aspects of shampoos."""
    cosmetics: set[str] = set()
    for row in _csv(data / "zh_cosmetics_opinions/labels.csv"):
        cosmetics |= {row["AspectTerms"].strip(), row["OpinionTerms"].strip()}
    shampoos = {row["aspect"] for row in _jsonl(data / "zh_shampoo_aspects/aspects.jsonl")}
    return {
        name: {normal_form(span) for span in spans if 2 <= len(span) <= LONGEST_SPAN and "_" not in span}
        for name, spans in (("cosmetics", cosmetics), ("shampoos", shampoos))
    }


def read_jsonl(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
