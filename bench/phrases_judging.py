"""The judging of mined phrases: a blind sheet of what all variants found, and what judged files say.

A sheet holds nothing but phrase and sentences; which variant found what is in the key beside it. The sheet
quotes the data and stays outside the repository; the phrases alone are kept beside the key. A judged file is
the sheet with an `answer` (yes or no) per line, or just id and answer; each judge has one.
"""

import hashlib
import json
import math
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

SAMPLE = 200  # of each variant
ANSWERS = {"yes": True, "no": False}


def identity(language: str, phrase: str) -> str:
    """12 hex digits that say nothing about where the phrase came from."""
    return hashlib.sha256(f"{language} {phrase}".encode()).hexdigest()[:12]


def draw(
    phrases: Iterable[str], *, lot: str, without: Collection[str] = frozenset(), size: int = SAMPLE
) -> list[str]:
    """The same random 200 of the same phrases again, none of those `without`. What two lists share is drawn
    for both or for neither, as far as their lengths allow (permanent random numbers, Ohlsson 1995): so one
    sheet serves similar variants, and each sample is a simple random one. Another `lot`, another draw.
    """
    numbers = {phrase: hashlib.sha256(f"{lot} {phrase}".encode()).digest() for phrase in set(phrases)}
    return sorted(sorted(numbers.keys() - set(without), key=numbers.__getitem__)[:size])


def write_sheet(
    folder: Path, language: str, drawn: dict[str, list[str]], contexts: dict[str, list[dict[str, Any]]]
) -> int:
    """Sheet and key; lines of an earlier sheet stay where they are, new ones follow, shuffled. A variant that
    the key has keeps the sample that was judged. The number of lines comes back.
    """
    file = folder / f"sheet-{language}.jsonl"
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    listed = read_phrases(folder, language)
    known = read_key(folder, language)
    drawn = {variant: phrases for variant, phrases in drawn.items() if variant not in known}
    pooled = {identity(language, phrase): phrase for variant in drawn.values() for phrase in variant}
    # Sorted by the digest, which knows nothing of variants: as good as shuffled, and the same again.
    for key in sorted(pooled.keys() - listed.keys()):
        listed[key] = pooled[key]
        row = {"id": key, "language": language, "phrase": pooled[key], "sentences": contexts[pooled[key]]}
        lines.append(json.dumps(row, ensure_ascii=False))
    file.write_text("".join(line + "\n" for line in lines), "utf-8")
    rows = [json.dumps({"id": key, "phrase": phrase}, ensure_ascii=False) for key, phrase in listed.items()]
    (folder / f"phrases-{language}.jsonl").write_text("".join(row + "\n" for row in rows), "utf-8")
    known |= {
        variant: [identity(language, phrase) for phrase in phrases] for variant, phrases in drawn.items()
    }
    (folder / f"key-{language}.json").write_text(json.dumps(known, indent=0) + "\n", "utf-8")
    return len(listed)


def read_phrases(folder: Path, language: str) -> dict[str, str]:
    """The phrases that were ever drawn, by id, in the order of the sheet."""
    file = folder / f"phrases-{language}.jsonl"
    rows = map(json.loads, file.read_text("utf-8").splitlines() if file.exists() else [])
    return {row["id"]: row["phrase"] for row in rows}


def read_key(folder: Path, language: str) -> dict[str, list[str]]:
    """Per variant the ids of what was drawn for it."""
    file = folder / f"key-{language}.json"
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}


def read_labels(
    folder: Path, language: str, variants: Collection[str]
) -> tuple[set[str], set[str], set[str]]:
    """Of what was drawn for these variants: the phrases that all judges accepted, those that all rejected,
    and all that were drawn.
    """
    key, judges = read_key(folder, language), read_judged(folder, language).values()
    ids = {one for variant in variants for one in key.get(variant, [])}
    phrases = {one: phrase for one, phrase in read_phrases(folder, language).items() if one in ids}
    answers = {one: {judge[one] for judge in judges if one in judge} for one in phrases}
    accepted = {phrase for one, phrase in phrases.items() if answers[one] == {True}}
    rejected = {phrase for one, phrase in phrases.items() if answers[one] == {False}}
    return accepted, rejected, set(phrases.values())


def found_again(folder: Path, language: str, variant: str, phrases: Collection[str]) -> str | None:
    """How many of the phrases once drawn for the variant it finds today; None before there is a sample."""
    drawn = read_key(folder, language).get(variant)
    if not drawn:
        return None
    today = {identity(language, phrase) for phrase in phrases}
    return f"{sum(one in today for one in drawn)} of {len(drawn)}"


def read_judged(folder: Path, language: str) -> dict[str, dict[str, bool]]:
    """Per judge (the name after `judged-zh-`) the answers by id; anything but yes or no is an error."""
    found: dict[str, dict[str, bool]] = {}
    for file in sorted(folder.glob(f"judged-{language}-*.jsonl")):
        answers: dict[str, bool] = {}
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            row = json.loads(line)
            answer = str(row.get("answer", "")).strip().lower()
            if answer not in ANSWERS:
                raise ValueError(f"{file.name}, line {number}: answer must be yes or no, not {answer!r}")
            answers[row["id"]] = ANSWERS[answer]
        found[file.stem.removeprefix(f"judged-{language}-")] = answers
    return found


def wilson(yes: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if not total:
        return 0.0, 1.0
    share, square = yes / total, z * z / total
    middle = (share + square / 2) / (1 + square)
    half = z * math.sqrt(share * (1 - share) / total + square / (4 * total)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def kappa(pairs: list[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa of two judges; None where chance alone explains everything."""
    if not pairs:
        return None
    total = len(pairs)
    agree = sum(a == b for a, b in pairs) / total
    first, second = sum(a for a, _ in pairs) / total, sum(b for _, b in pairs) / total
    chance = first * second + (1 - first) * (1 - second)
    return None if chance == 1 else (agree - chance) / (1 - chance)


def judged(folder: Path, language: str) -> dict[str, Any] | None:
    """Precision per variant and judge with intervals, agreement of each two judges; None without files."""
    judges, key = read_judged(folder, language), read_key(folder, language)
    if not judges or not key:
        return None
    names = sorted(judges)
    agreement = {}
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            both = sorted(judges[one].keys() & judges[other].keys())
            value = kappa([(judges[one][item], judges[other][item]) for item in both])
            agreement[f"{one} and {other}"] = {
                "phrases": len(both), "kappa": None if value is None else round(value, 3)}  # fmt: skip
    variants = {
        variant: {name: _precision([judges[name][item] for item in items if item in judges[name]])
                  for name in names} for variant, items in key.items()
    }  # fmt: skip
    return {"variants": variants, "agreement": agreement}


def _precision(answers: list[bool]) -> dict[str, Any]:
    low, high = wilson(sum(answers), len(answers))
    share = round(sum(answers) / len(answers), 3) if answers else None
    return {"judged": len(answers), "precision": share, "interval": [round(low, 3), round(high, 3)]}
