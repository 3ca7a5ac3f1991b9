"""Speed and memory of the phrase miner on 10 and 100 MB of text (LARGE=1: 1,000 MB too), Chinese and English:
seconds of the processor and megabytes a second per stage, growth from size to size, and a daily batch of one
per cent.

The text is real and repeated until it is long enough: in every sentence of every copy one symbol (a character
in Chinese, a word in English) is replaced by one drawn from the whole text, so that no sentence is the same
twice. Copies make many n-grams frequent, so the least count grows with the size, 3 per 10 MB; LEAST=3 keeps
it.

Side by side on the same sentences: a plain Python implementation of counting, PMI and entropy, and gensim's
Phrases (bigrams only). Each measurement runs in a process of its own. Its memory is told twice: what it held
itself at most (anonymous pages), and with the pages of mapped files, which the system takes back where memory
is short.

SMALL=1 takes 2 MB; SIZES names others, in MB; PEERS_UP_TO bounds the size that peers are given (10); MEMORY
is the budget of the counting stages in MB (1024); DAILY=0 leaves the daily batch out. The last line is one
JSON object.
"""

import hashlib
import itertools
import json
import math
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import threading
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
                if os.environ.get("DAILY") != "0":
                    kinds.append("daily")
                for kind in kinds:
                    told = measured(kind, language, size, file)
                    found.setdefault(language, {}).setdefault(f"{size} MB", {})[kind] = told
                    print(f"{language} {size} MB {kind}: {told}", file=sys.stderr, flush=True)
        found[language]["growth"] = growth(found[language])
    print(json.dumps({
        "bench": "phrases_speed", "python": platform.python_version(), "cores": os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()], "languages": found,
    }))  # fmt: skip


def growth(by_size: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Between neighbouring sizes: how many times more text, and how many times more processor seconds and
    memory.
    """
    sizes = [(int(name.split()[0]), told["miner"]) for name, told in by_size.items()]
    return {
        f"{small} to {large} MB": {
            "text": large / small,
            **{
                name: round(more[name] / max(less[name], 0.1), 1)
                for name in ("processor_seconds", "own_memory_mb")
            },
        }
        for (small, less), (large, more) in itertools.pairwise(sizes)
    }


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
    own = [0]
    threading.Thread(target=watch_memory, args=[own], daemon=True).start()
    facts = {"miner": miner, "gensim": gensim, "plain": plain, "daily": daily}[kind](language, size, file)
    seconds = time.monotonic() - began
    megabytes = file.stat().st_size / 1e6
    print(json.dumps({
        "seconds": round(seconds, 1), "processor_seconds": round(time.process_time() - used, 1),
        "mb_per_second": round(megabytes / seconds, 2),
        "mb_per_processor_second": round(megabytes / (time.process_time() - used), 2),
        "own_memory_mb": own[0],
        "with_mapped_files_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, **facts,
    }))  # fmt: skip


def watch_memory(most: list[int]) -> None:
    """Keep the most megabytes of anonymous pages that were seen (Linux; 0 elsewhere)."""
    status = Path("/proc/self/status")
    while status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("RssAnon"))
        most[0] = max(most[0], int(line.split()[1]) // 1024)
        time.sleep(0.1)


class Lines:
    """A file of sentences as documents of three lines each, of which some may be left out."""

    def __init__(self, file: Path, language: str) -> None:
        self.lines = file.read_text("utf-8").splitlines()
        self.language, self.documents_told = language, (len(self.lines) + 2) // 3

    def documents(self) -> Iterator[tuple[int, str, int, int]]:
        for document in range(self.documents_told):
            yield document, self.language, 1, len(self.lines[3 * document : 3 * document + 3])

    def sentences(self, documents: Any) -> Iterator[Any]:
        from mining.phrases.parameters import SentenceText

        for document in documents.tolist():
            for number in range(3 * document, min(3 * document + 3, len(self.lines))):
                yield SentenceText(number, document, self.language, None, self.lines[number])


def parameters(size: int) -> Any:
    from mining.phrases.parameters import Parameters

    told = {"min_count": least(size), "min_word_count": least(size) + 2, "min_seed_count": least(size)}
    return Parameters(method="forest", memory_mb=int(os.environ.get("MEMORY", "1024")), **told)


class Stages:
    """Processor seconds by stage, of what a run reports as it goes: a stage ends where it says so."""

    def __init__(self) -> None:
        self.last, self.seconds = time.process_time(), defaultdict(float)
        # The longest between two reports, after each of which a cancelled run stops.
        self.silence = (0.0, "")

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.process_time()
        self.seconds[stage] += now - self.last
        self.silence = max(self.silence, (round(now - self.last, 1), stage))
        self.last = now

    def told(self, language: str, megabytes: float) -> dict[str, dict[str, float]]:
        """Counts of all lengths together; stages of a tenth of a second and more."""
        together: dict[str, float] = defaultdict(float)
        for stage, seconds in self.seconds.items():
            if stage == "read" or stage.startswith(f"{language}:"):
                together[stage.removeprefix(f"{language}:").split(":")[0]] += seconds
        return {
            stage: {"processor_seconds": round(seconds, 1), "mb_per_second": round(megabytes / seconds, 1)}
            for stage, seconds in together.items() if seconds >= 0.1
        }  # fmt: skip


def miner(language: str, size: int, file: Path) -> dict[str, Any]:
    from mining.phrases.mine import mine_phrases
    from mining.phrases.parameters import SentenceText

    def read() -> Iterator[SentenceText]:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                yield SentenceText(number, number // 3, language, None, line.rstrip("\n"))

    stages = Stages()
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        mined = mine_phrases(read, parameters=parameters(size), work_dir=Path(folder), report=stages)
        counted = mined.stages[language]
        disk = sum(one.stat().st_size for one in Path(folder).rglob("*") if one.is_file())
        return {
            "least_count": least(size), "phrases": len(mined), "measured": counted["candidates"]["kept"],
            "frequent": sum(facts["frequent"] for name, facts in counted.items() if name.startswith("count")),
            "sentences": counted["encode"]["sentences"], "disk_mb": disk // 1_000_000,
            "longest_silence": stages.silence, "stages": stages.told(language, file.stat().st_size / 1e6),
        }  # fmt: skip


def daily(language: str, size: int, file: Path) -> dict[str, Any]:
    """99 per cent of the documents, then the last one per cent as a day's batch, and all of them at once."""
    from mining.phrases.mine import mine_phrases

    source, found = Lines(file, language), {}
    everything = source.documents_told
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        for name, documents, kept in (
            ("before", everything - everything // 100, True), ("batch", everything, True),
            ("full", everything, False),
        ):  # fmt: skip
            source.documents_told = documents
            stages, began = Stages(), time.process_time()
            mined = mine_phrases(
                source, parameters=parameters(size), work_dir=Path(folder) / name, report=stages,
                kept=Path(folder) / "counts" if kept else None,
            )  # fmt: skip
            counting = [
                seconds for stage, seconds in stages.seconds.items()
                if stage.split(":")[-1] in ("read", "encode", "sort") or ":count" in stage or ":keep" in stage
            ]  # fmt: skip
            found[name] = {
                "documents_read": mined.documents_read[language],
                "processor_seconds": round(time.process_time() - began, 1),
                "of_them_reading_and_counting": round(sum(counting), 1),
                "content": hashlib.sha256(b"".join(one.read_bytes() for one in mined.files)).hexdigest()[:16],
            }
        kept_mb = sum(one.stat().st_size for one in (Path(folder) / "counts").rglob("*") if one.is_file())
    same = found["batch"].pop("content") == found["full"].pop("content")
    found["before"].pop("content")
    return {**found, "equal": same, "kept_mb": kept_mb // 1_000_000}


def least(size: int) -> int:
    return int(os.environ.get("LEAST") or max(3, 3 * size // 10))


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
