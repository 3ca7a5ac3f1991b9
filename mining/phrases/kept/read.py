"""The first stage where counts are kept: which documents are new, changed or gone; the new ones are read, and
the sentences of all are written as if all had been read, in the order of the documents.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mining.phrases.corpus import DTYPES, Report, read_corpus
from mining.phrases.kept.source import Source
from mining.phrases.kept.store import take, version_table
from mining.phrases.parameters import LANGUAGES
from mining.phrases.workspace import Workspace

# Where more of the documents than this changed, everything is counted anew: that is as quick and simpler.
MOST_CHANGED = 0.25
_BATCH = 20_000  # documents between two reports
_CHARACTERS = 4_000_000  # copied at once


def read_changes(source: Source, kept: Path | None, folder: Path, report: Report) -> dict[str, Any]:
    """Write the sentences below `folder` as `read_corpus` does. Where counts are kept, the folder `before` of
    a language holds them, and its array `origin` (int64 per sentence) the place of each sentence there, -1
    for none.
    """
    tables, skipped = _versions(source, report)
    changed: dict[str, NDArray[np.int64]] = {}
    stays: dict[str, NDArray[np.int64]] = {}
    for language, (ids, versions) in tables.items():
        home = Workspace(folder / language)
        with home.appending(doc="<i8", version="<i8") as out:
            out["doc"].append(ids)
            out["version"].append(versions)
        stays[language] = _unchanged(home, kept, language, ids, versions)
        changed[language] = np.setdiff1d(ids, stays[language], assume_unique=True)
    wanted = np.sort(np.concatenate(list(changed.values())))
    added = folder / "added"
    shutil.rmtree(added, ignore_errors=True)
    read_corpus(source.sentences(wanted), added, report)
    for language in LANGUAGES:
        _join(Workspace(folder / language), Workspace(added / language), stays[language])
    shutil.rmtree(added)
    lengths = {language: len(Workspace(folder / language).array("id", "<i8")) for language in LANGUAGES}
    return {
        "read": sum(lengths.values()) + sum(skipped.values()),
        "skipped": dict(sorted(skipped.items())),
        "documents": {language: len(ids) for language, (ids, _) in tables.items()},
        "documents_read": {language: len(ids) for language, ids in changed.items()},
    }


def _versions(
    source: Source, report: Report
) -> tuple[dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]], dict[str, int]]:
    """Ids and versions by language, and the number of sentences in languages that are not mined."""
    found: dict[str, list[tuple[int, int]]] = {language: [] for language in LANGUAGES}
    skipped: dict[str, int] = {}
    for number, (document, language, version, sentences) in enumerate(source.documents(), start=1):
        if language in found:
            found[language].append((document, version))
        elif sentences:
            skipped[language] = skipped.get(language, 0) + sentences
        if number % _BATCH == 0:
            report("read", 0, 0)
    columns = {language: np.array(rows, np.int64).reshape(-1, 2) for language, rows in found.items()}
    return {language: (rows[:, 0], rows[:, 1]) for language, rows in columns.items()}, skipped


def _unchanged(
    home: Workspace, kept: Path | None, language: str, ids: NDArray[np.int64], versions: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Ids of the documents that need not be read, rising."""
    before = home.root / "before"
    nothing = np.empty(0, np.int64)
    if kept is None or take(kept, language, before) is None:
        return nothing
    old_ids, old_versions = version_table(Workspace(before))
    both, here, there = np.intersect1d(ids, old_ids, assume_unique=True, return_indices=True)
    same: NDArray[np.int64] = both[versions[here] == old_versions[there]]
    changed = len(ids) + len(old_ids) - 2 * len(same)
    sentences = len(Workspace(before).array("id", "<i8"))  # documents may have none
    if not sentences or not len(same) or changed > MOST_CHANGED * max(len(ids), len(old_ids)):
        shutil.rmtree(before)
        return nothing
    return same


def _join(home: Workspace, added: Workspace, stays: NDArray[np.int64]) -> None:
    """The sentences of `before` whose documents stay and those of `added`, by document."""
    names = [name for name in DTYPES if name != "text"]
    before = Workspace(home.root / "before") if (home.root / "before").is_dir() else None
    if before is None:
        for name in DTYPES:
            (added.root / f"{name}.array").replace(home.root / f"{name}.array")
        return
    old, new = ({name: parts.array(name, DTYPES[name]) for name in DTYPES} for parts in (before, added))
    rows = np.flatnonzero(np.isin(old["document"], stays))
    index = np.concatenate([rows, len(old["id"]) + np.arange(len(new["id"]))])
    documents = np.concatenate([old["document"][rows], new["document"]])
    index = index[np.argsort(documents, kind="stable")]
    with home.appending(origin="<i8", **{name: DTYPES[name] for name in names}) as out:
        for name in names:
            out[name].append(np.concatenate([old[name], new[name]])[index])
        out["origin"].append(np.where(index < len(old["id"]), index, -1))
    with home.appending(text=DTYPES["text"]) as out:
        ends = [np.concatenate([[0], np.cumsum(parts["length"])]) for parts in (old, new)]
        for begin, finish in consecutive(index, split_at=len(old["id"])):
            which = int(begin >= len(old["id"]))
            shift = which * len(old["id"])
            low, high = int(ends[which][begin - shift]), int(ends[which][finish - shift])
            for at in range(low, high, _CHARACTERS):
                out["text"].append((old, new)[which]["text"][at : min(at + _CHARACTERS, high)])


def consecutive(index: NDArray[np.int64], *, split_at: int = -1) -> Iterator[tuple[int, int]]:
    """Half-open ranges that the numbers make up in order; none holds both sides of `split_at`."""
    if not len(index):
        return
    torn = (np.diff(index) != 1) | (index[1:] == split_at)
    begins = np.concatenate([[0], np.flatnonzero(torn) + 1])
    ends = np.append(begins[1:], len(index))
    for begin, end in zip(index[begins].tolist(), index[ends - 1].tolist(), strict=True):
        yield begin, end + 1
