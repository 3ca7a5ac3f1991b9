"""Keeps the parts alive: a part that dies is started again, one that keeps dying ends the run."""

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from kgcurate.launch import restarts
from kgcurate.servers.errors import ServerError
from kgcurate.servers.part import Part, descendants, end_processes, is_running, last_line, trim_log

GIVE_UP_AFTER = 6  # deaths
WITHIN = 90.0  # seconds
LONGEST_PAUSE = 10.0
LOOK_EVERY = 0.2
TIDY_EVERY = 30.0


@dataclass
class Watched:
    """A part and how often it died lately."""

    part: Part
    deaths: list[float] = field(default_factory=list)
    start_at: float | None = None

    def note_death(self, now: float) -> float:
        """Remember a death; the pause before the next start, which doubles with each."""
        self.deaths = [moment for moment in self.deaths if now - moment < WITHIN] + [now]
        if len(self.deaths) >= GIVE_UP_AFTER:
            part = self.part
            raise ServerError(f"{part.name} keeps dying: {last_line(part.log)} (see {part.log})")
        pause = 0.0 if len(self.deaths) == 1 else min(LONGEST_PAUSE, 0.5 * 2 ** (len(self.deaths) - 2))
        self.start_at = now + pause
        return pause


class Supervisor:
    """Starts, watches and stops parts; `parts.json` tells the next launcher what a killed one left."""

    def __init__(self, var: Path, say: Callable[[str], None]):
        self.say = say
        self.var = var
        self.register = var / "parts.json"
        self.sockets: Path | None = None
        self.watched: list[Watched] = []

    def start(self, parts: list[Part]) -> None:
        for part in parts:
            self.watched.append(Watched(part))
            part.start()
            self._write_register()

    def watch(self) -> None:
        """Look after the parts until a signal's exception ends it."""
        tidied = time.monotonic()
        while True:
            for watched in self.watched:
                self._look_at(watched)
            if time.monotonic() - tidied > TIDY_EVERY:
                tidied = time.monotonic()
                self._tidy()
            time.sleep(LOOK_EVERY)

    def _look_at(self, watched: Watched) -> None:
        now = time.monotonic()
        if watched.start_at is not None:
            if now >= watched.start_at:
                watched.start_at = None
                watched.part.start()
                self._write_register()
        elif not watched.part.alive():
            how = watched.part.how_it_ended()
            watched.part.sweep()
            pause = watched.note_death(now)
            again = f"starting it again in {pause:.0f} s" if pause >= 1 else "starting it again"
            restarts.note(self.var, watched.part.name, how)
            self.say(f"{watched.part.name} died ({how}); {again}")

    def _tidy(self) -> None:
        for watched in self.watched:
            trim_log(watched.part.log)
        if self.sockets is not None:
            # Cleaners of temporary folders take what looks unused for days.
            for path in (self.sockets, *self.sockets.glob("*")):
                with suppress(OSError):
                    os.utime(path)

    def stop(self) -> None:
        """Applications first, all asked at once; then the servers that they write to."""
        parts = [watched.part for watched in self.watched]
        for group in (
            [part for part in parts if not part.is_server],
            [part for part in parts if part.is_server],
        ):
            for part in group:
                part.ask_to_stop()
            for part in group:
                part.stop()
        self.register.unlink(missing_ok=True)

    def kill(self) -> None:
        for watched in self.watched:
            watched.part.kill()
        self.register.unlink(missing_ok=True)

    def _write_register(self) -> None:
        running = {}
        for watched in self.watched:
            process = watched.part.process
            if process is not None:
                with suppress(psutil.NoSuchProcess):
                    started = psutil.Process(process.pid).create_time()
                    running[watched.part.name] = {"pid": process.pid, "started": started}
        draft = self.register.with_suffix(".new")
        draft.write_text(json.dumps(running), encoding="utf-8")
        os.replace(draft, self.register)


def end_leftovers(var: Path, say: Callable[[str], None]) -> None:
    """End what a killed launcher left running; a pid counts only with the start time noted for it."""
    left = [process for process in _registered(var / "parts.json") if is_running(process)]
    if not left:
        return
    say("ending what a killed earlier run left: " + ", ".join(str(process.pid) for process in left))
    family = [child for process in left for child in descendants(process.pid)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            is_postgres = process.name().startswith("postgres")
            process.send_signal(signal.SIGINT if is_postgres else signal.SIGTERM)
    end_processes([*left, *family], patience=8)


def _registered(register: Path) -> list[psutil.Process]:
    found = []
    with suppress(OSError, ValueError, AttributeError):
        for note in json.loads(register.read_text(encoding="utf-8")).values():
            with suppress(psutil.NoSuchProcess, KeyError, TypeError):
                process = psutil.Process(note["pid"])
                if abs(process.create_time() - note["started"]) < 1:
                    found.append(process)
    return found
