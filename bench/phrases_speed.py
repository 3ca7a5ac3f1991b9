"""Speed and memory of the phrase miner on 10 and 100 MB of text (LARGE=1: 1,000 MB too), Chinese and English.

The text is real and repeated until it is long enough: in every sentence of every copy one symbol (a character
in Chinese, a word in English) is replaced by one drawn from the whole text, so that no sentence is the same
twice. Copies make many n-grams frequent, so the least count grows with the size: 3 per 10 MB.

Side by side on the same sentences: a plain Python implementation of counting, PMI and entropy, and gensim's
Phrases (bigrams only). Each measurement runs in a process of its own, whose peak memory is reported.

SMALL=1 takes 2 MB; SIZES names others, in MB; PEERS_UP_TO bounds the size that peers are given (10). The last
line is one JSON object.
"""

import json
import math
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("DATA") or HERE.parents[1] / "shared/data")
LONGEST = {"zh": 8, "en": 5}


def main() -> None:
    if not DATA.is_dir():
        print(f"skipped: there is no folder {DATA}; DATA names the development data", file=sys.stderr)
        print(json.dumps({"bench": "phrases_speed", "skipped": "no data"}))
        return
    sizes = [2] if os.environ.get("SMALL") == "1" else [10, 100]
    if os.environ.get("SIZES"):
        sizes = [int(size) for size in os.environ["SIZES"].split()]
    elif os.environ.get("LARGE") == "1":
        sizes.append(1000)
    languages = os.environ.get("LANGUAGES", "zh en").split()
    peers_up_to = int(os.environ.get("PEERS_UP_TO", "10"))
    found: dict[str, Any] = {}
    for language in languages:
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "sentences.txt"
                write_text(file, language, size)
                kinds = ["miner", *(["gensim", "plain"] if size <= peers_up_to else [])]
                for kind in kinds:
                    told = measured(kind, language, size, file)
                    found.setdefault(language, {}).setdefault(f"{size} MB", {})[kind] = told
                    print(f"{language} {size} MB {kind}: {told}", file=sys.stderr, flush=True)
    print(json.dumps({
        "bench": "phrases_speed", "python": platform.python_version(), "cores": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()], "languages": found,
    }))  # fmt: skip


def write_text(file: Path, language: str, size: int) -> None:
    """Sentences by line, so many megabytes of UTF-8."""
    from bench.phrases_input import sentences

    real = [" ".join(one.text.split()) for one in sentences(DATA, language)]
    glue = "" if language == "zh" else " "
    symbols = [list(text) if language == "zh" else text.split(" ") for text in real]
    every = [symbol for row in symbols for symbol in row]
    chance = random.Random(size)
    written, copy = 0, 0
    with file.open("w", encoding="utf-8") as lines:
        while written < size * 1_000_000:
            for row in symbols:
                if copy and row:
                    row = row.copy()
                    row[chance.randrange(len(row))] = every[chance.randrange(len(every))]
                line = glue.join(row) + "\n"
                lines.write(line)
                written += len(line.encode())
                if written >= size * 1_000_000:
                    break
            copy += 1


def measured(kind: str, language: str, size: int, file: Path) -> dict[str, Any]:
    told = subprocess.run(
        [sys.executable, __file__, "--only", kind, language, str(size), str(file)],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(HERE.parent)}, check=False,
    )  # fmt: skip
    if told.returncode:
        raise RuntimeError(told.stderr[-2000:])
    return json.loads(told.stdout.splitlines()[-1])


def only(kind: str, language: str, size: int, file: Path) -> None:
    began, used = time.monotonic(), time.process_time()
    facts = {"miner": miner, "gensim": gensim, "plain": plain}[kind](language, size, file)
    seconds = time.monotonic() - began
    megabytes = file.stat().st_size / 1e6
    print(json.dumps({
        "seconds": round(seconds, 1), "processor_seconds": round(time.process_time() - used, 1),
        "mb_per_second": round(megabytes / seconds, 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, **facts,
    }))  # fmt: skip


def miner(language: str, size: int, file: Path) -> dict[str, Any]:
    from mining.phrases.mine import mine_phrases
    from mining.phrases.parameters import Parameters, SentenceText

    def read() -> Iterator[SentenceText]:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                yield SentenceText(number, number // 3, language, None, line.rstrip("\n"))

    told = {"min_count": least(size), "min_word_count": least(size) + 2, "min_seed_count": least(size)}
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        mined = mine_phrases(
            read, parameters=Parameters(method="forest", memory_mb=1024, **told), work_dir=Path(folder),
            report=lambda stage, done, total: None,
        )  # fmt: skip
        stages = {
            stage.removeprefix(f"{language}:"): seconds for stage, seconds in mined.seconds.items()
            if seconds >= 0.1 and not stage.startswith("en:" if language == "zh" else "zh:")
        }  # fmt: skip
        counted = mined.stages[language]
        return {
            "phrases": len(mined), "candidates": counted["candidates"]["kept"],
            "sentences": counted["encode"]["sentences"], "stages": stages,
        }  # fmt: skip


def least(size: int) -> int:
    return max(3, 3 * size // 10)


def symbols_of(language: str, file: Path) -> Iterator[list[str]]:
    """What a simple script would do: runs between punctuation."""
    import re

    pattern = re.compile(r"[\u4e00-\u9fff]+" if language == "zh" else r"[a-z0-9'-]+(?: [a-z0-9'-]+)*")
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            for run in pattern.findall(line.lower()):
                yield list(run) if language == "zh" else run.split(" ")


def plain(language: str, size: int, file: Path) -> dict[str, Any]:
    """N-grams in a Counter, neighbours in dictionaries: the obvious implementation."""
    counts: Counter[tuple[str, ...]] = Counter()
    runs = list(symbols_of(language, file))
    total = sum(map(len, runs))
    for run in runs:
        for length in range(1, LONGEST[language] + 1):
            counts.update(tuple(run[at : at + length]) for at in range(len(run) - length + 1))
    frequent = {gram: count for gram, count in counts.items() if count >= least(size)}
    del counts
    sides: tuple[Any, Any] = (defaultdict(Counter), defaultdict(Counter))
    for run in runs:
        for length in range(1, LONGEST[language] + 1):
            for at in range(len(run) - length + 1):
                gram = tuple(run[at : at + length])
                if gram in frequent:
                    sides[0][gram][run[at - 1] if at else ""] += 1
                    sides[1][gram][run[at + length] if at + length < len(run) else ""] += 1
    scored = 0
    for gram, count in frequent.items():
        if len(gram) > 1:
            pmi = min(
                math.log(count * total / (frequent[gram[:cut]] * frequent[gram[cut:]]))
                for cut in range(1, len(gram))
            )
            entropy = min(
                -sum(n / count * math.log(n / count) for n in side[gram].values()) for side in sides
            )
            scored += pmi > 1.5 and entropy > 0.6
    return {"phrases": scored}


def gensim(language: str, size: int, file: Path) -> dict[str, Any]:
    from gensim.models.phrases import Phrases

    model = Phrases(symbols_of(language, file), min_count=least(size), threshold=10)
    return {"phrases": len(model.export_phrases())}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        only(sys.argv[2], sys.argv[3], int(sys.argv[4]), Path(sys.argv[5]))
    else:
        main()
