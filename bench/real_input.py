"""The development data as documents to import, and as the answers a careful person would give.

The answers come from the data's own annotations: a phrase that somebody marked as an aspect, an opinion or
an attribute value is a yes, any other a no. That is a yardstick to compare ways of learning by, not the
truth about every phrase: a good phrase that nobody marked counts as a no.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mining.sentences.normal_form import normal_form

csv.field_size_limit(10**9)
FOLDERS = {
    "zh": ("zh_reviews_10cats", "zh_cosmetics_opinions", "zh_ad_copy", "zh_shampoo_aspects"),
    "en": ("en_marketplace_products", "en_wdc_pave", "en_title_attributes"),
}
# Of the cosmetics reviews: what is said about the product, not about shop, parcel, price or in general.
ABOUT_PRODUCT = {"功效", "使用体验", "成分", "气味", "尺寸", "新鲜度"}
LONGEST_ASPECT = 8  # characters; longer ones are whole clauses
# Attributes that name or number a product instead of describing it.
IDENTITY = ("brand", "model", "number", "upc", "sku", "mpn", "name", "manufacturer", "country", "package")


def missing(data: Path) -> list[str]:
    """Folders of the development data that are not there."""
    return [name for names in FOLDERS.values() for name in names if not (data / name).is_dir()]


def documents(data: Path, language: str, *, every: int = 1) -> Iterator[dict[str, str]]:
    """Documents in the import's own fields; `every`: only each so manieth of a source."""
    source = {"zh": _chinese, "en": _english}[language]
    for number, document in enumerate(source(data)):
        if number % every == 0 and document["text"].strip():
            yield {"language": language, **document}


def _chinese(data: Path) -> Iterator[dict[str, str]]:
    for number, row in enumerate(_csv(data / "zh_reviews_10cats/reviews.csv")):
        yield {"id": f"reviews-{number}", "kind": "review", "category": row["cat"], "text": row["review"]}
    for row in _csv(data / "zh_cosmetics_opinions/unlabelled_reviews.csv"):
        yield {"id": f"cosmetics-{row['id']}", "kind": "review", "category": "美妆", "text": row["Reviews"]}
    for item in _jsonl(data / "zh_ad_copy/items.jsonl"):
        yield {"id": f"copy-{item['id']}", "kind": "item_page", "category": "衣服", "text": item["text"]}


def _english(data: Path) -> Iterator[dict[str, str]]:
    folder = data / "en_marketplace_products"
    for row in _csv(folder / "amazon.csv"):
        category = row["Category"].split("|")[0].strip() or "Other"
        text = f"{row['About Product']}\n{row['Technical Details']}".replace(" | ", "\n")
        yield {
            "id": f"amazon-{row['Uniq Id']}",
            "kind": "item_page",
            "category": category,
            "title": row["Product Name"],
            "text": f"{row['Product Name']}\n{text}",
        }
    for number, row in enumerate(_csv(folder / "shein.csv")):
        about = "\n".join(f"{one['name']}: {one['value']}" for one in _list(row["other_attributes"]))
        yield {
            "id": f"shein-{number}",
            "kind": "item_page",
            "category": row["root_category"] or "Other",
            "title": row["product_name"],
            "text": f"{row['product_name']}\n{about}",
        }


def truth(data: Path, language: str) -> set[str]:
    """Normal forms of the phrases that are a yes."""
    words = {"zh": _chinese_yes, "en": _english_yes}[language](data)
    return {normal_form(word) for word in words}


def _chinese_yes(data: Path) -> Iterator[str]:
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in _csv(data / "zh_cosmetics_opinions/labels.csv"):
        for term in (row["AspectTerms"], row["OpinionTerms"], row["AspectTerms"] + row["OpinionTerms"]):
            if "_" not in term:
                said[term.strip()][row["Categories"]] += 1
    # The same word may be said of several things; the one most often meant decides.
    yield from (term for term, about in said.items() if about.most_common(1)[0][0] in ABOUT_PRODUCT)
    for row in _jsonl(data / "zh_shampoo_aspects/aspects.jsonl"):
        if len(row["aspect"]) <= LONGEST_ASPECT:
            yield row["aspect"]
    for item in _jsonl(data / "zh_ad_copy/items.jsonl"):
        yield from (value for _name, value in item["attributes"])


def _english_yes(data: Path) -> Iterator[str]:
    for row in _csv(data / "en_marketplace_products/shein.csv"):
        yield from _values((one["name"], [one["value"]]) for one in _list(row["other_attributes"]))
    files = [
        data / "en_wdc_pave/surface_values.jsonl",
        data / "en_wdc_pave/normalised_values.jsonl",
        data / "en_title_attributes/ae110k.jsonl",
        data / "en_title_attributes/oamine.jsonl",
    ]
    for file in files:
        for row in _jsonl(file):
            yield from _values(row["target_scores"].items())


def _values(attributes: Any) -> Iterator[str]:
    for name, values in attributes:
        if not any(word in name.lower() for word in IDENTITY):
            yield from (value for value in values if value != "n/a" and any(map(str.isalpha, value)))


def _csv(file: Path) -> Iterator[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def _jsonl(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _list(text: str) -> list[dict[str, str]]:
    try:
        return json.loads(text) or []
    except json.JSONDecodeError:
        return []
