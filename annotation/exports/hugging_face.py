"""A folder as Hugging Face's `datasets` reads it, zipped: data/*.parquet and README.md with the dataset card.

Unpack it and call `load_dataset(folder, "verdicts")` or `"judgments"`.
"""

import zipfile
from collections.abc import Iterator
from typing import Any

import yaml

from annotation import kinds
from annotation.exports import parquet
from annotation.exports.parquet import Sink
from annotation.exports.tables import JUDGMENTS, VERDICTS, Table
from annotation.models import Campaign

MADE_AT = (1980, 1, 1, 0, 0, 0)  # the same bytes every time
DTYPES = {"timestamp": "timestamp[us, tz=UTC]"}


def archive(_table: Table, campaign: Campaign, names: bool) -> Iterator[bytes]:
    """Both tables, whichever was asked for: the card describes them together."""
    sink = Sink()
    counts: dict[str, int] = {}
    sizes: dict[str, int] = {}
    with zipfile.ZipFile(sink, "w") as folder:
        for table in (VERDICTS, JUDGMENTS):
            images = table is VERDICTS and kinds.get(campaign.kind).image is not None
            counts[table.name] = 0
            # Parquet is compressed already.
            entry = zipfile.ZipInfo(f"data/{table.name}.parquet", MADE_AT)
            with folder.open(entry, "w", force_zip64=True) as file:
                counted = Sink(file)
                for rows in parquet.write(counted, table, campaign, names=names, images=images):
                    counts[table.name] += rows
                    yield sink.taken()
            sizes[table.name] = counted.position
        readme = zipfile.ZipInfo("README.md", MADE_AT)
        folder.writestr(readme, card(campaign, counts, sizes))
    yield sink.taken()


def card(campaign: Campaign, counts: dict[str, int], sizes: dict[str, int]) -> str:
    """README.md; `counts` are rows and `sizes` bytes of each table."""
    front = yaml.safe_dump(_front(campaign, counts, sizes), allow_unicode=True, sort_keys=False)
    guideline = campaign.guideline
    words = "\n\n".join(f"### {language}\n\n{text}" for language, text in sorted(guideline.text.items()))
    return f"""---
{front}---

# {campaign.name}

Judgments and verdicts of a campaign in kgcurate: one question about
{campaign.kind} candidates, answered by people.

- **verdicts** ({counts["verdicts"]:,}): what was decided about each task, with its posterior and votes.
- **judgments** ({counts["judgments"]:,}): who answered what, under pseudonyms unless names were
  asked for; `is_simulated` marks answers of simulated annotators.

`content` is what the annotator saw, as JSON. `pool` is `evaluation` for the random sample that no model has
chosen from: measure models on it, and train on the rest.

```python
from datasets import load_dataset
verdicts = load_dataset("path/to/this/folder", "verdicts", split="train")
```

## How it was asked

Question `{campaign.question}`, {_policy(campaign)}, consensus by {campaign.consensus}.

## Guideline, version {guideline.version}

{words}
"""


def _policy(campaign: Campaign) -> str:
    if campaign.stop_at is None:
        return f"{campaign.overlap} answers per task"
    return (
        f"{campaign.least_overlap} to {campaign.overlap} answers per task until {campaign.stop_at:.0%} sure"
    )


def _front(campaign: Campaign, counts: dict[str, int], sizes: dict[str, int]) -> dict[str, Any]:
    has_images = kinds.get(campaign.kind).image is not None
    return {
        "pretty_name": campaign.name,
        "language": list(campaign.languages),
        "tags": ["kgcurate", "crowdsourcing", campaign.kind, campaign.question],
        "configs": [
            {
                "config_name": name,
                "data_files": f"data/{name}.parquet",
                **({"default": True} if first else {}),
            }
            for name, first in (("verdicts", True), ("judgments", False))
        ],
        "dataset_info": [
            {
                "config_name": table.name,
                "features": _features(table, images=has_images and table is VERDICTS),
                "splits": [
                    {"name": "train", "num_bytes": sizes[table.name], "num_examples": counts[table.name]}
                ],
                "download_size": sizes[table.name],
                "dataset_size": sizes[table.name],
            }
            for table in (VERDICTS, JUDGMENTS)
        ],
    }


def _features(table: Table, *, images: bool) -> list[dict[str, str]]:
    features = [{"name": name, "dtype": DTYPES.get(kind, kind)} for name, kind in table.columns.items()]
    return [*features, {"name": "image", "dtype": "image"}] if images else features
