"""What the launcher had to start again, in a file beside the data: a part that came back is not forgotten."""

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "restarts.json"
MOST = 50
TOLD_FOR = 3600.0  # seconds


@dataclass(frozen=True)
class Restart:
    part: str  # web, worker, beat, postgres, redis
    how: str  # "signal 9", "exit code 1"
    at: float  # seconds since the epoch


def note(var: Path, part: str, how: str) -> None:
    """A full disk must not keep the launcher from starting the part again."""
    kept = [*_read(var), Restart(part, how, time.time())][-MOST:]
    draft = (var / NAME).with_suffix(".new")
    with suppress(OSError):
        draft.write_text(json.dumps([asdict(restart) for restart in kept]), encoding="utf-8")
        os.replace(draft, var / NAME)


def lately(var: Path, *, within: float = TOLD_FOR) -> dict[str, list[Restart]]:
    """Part -> its restarts of the last `within` seconds, the newest last."""
    found: dict[str, list[Restart]] = {}
    for restart in _read(var):
        if 0 <= time.time() - restart.at < within:
            found.setdefault(restart.part, []).append(restart)
    return found


def _read(var: Path) -> list[Restart]:
    with suppress(OSError, ValueError, TypeError):
        return [
            Restart(str(told["part"]), str(told["how"]), float(told["at"]))
            for told in json.loads((var / NAME).read_text(encoding="utf-8"))
        ]
    return []
