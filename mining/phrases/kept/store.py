"""The folder where counts are kept: per language the generation that counts, and a pointer to it.

A generation is written whole before the pointer names it, and its files never change: a run takes hard links
of them, so neither a run that keeps newer counts at the same time nor a killed one can spoil what another one
works on. Whatever is amiss with a generation, a lost file, a shorter one, another version of the code, makes
it nothing, and the run counts everything.
"""

import json
import logging
import os
import shutil
import time
import unicodedata
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from mining.phrases.corpus import DTYPES as CORPUS
from mining.phrases.encode import DTYPES as STREAM
from mining.phrases.parameters import ALGORITHM
from mining.phrases.suffixes.order import DTYPES as SUFFIXES
from mining.phrases.workspace import Workspace

# What the files mean: their own form, what the miner makes of a text, and the characters that Python knows.
VERSION = f"1/{ALGORITHM}/{unicodedata.unidata_version}"
ARRAYS = {**CORPUS, **STREAM, **SUFFIXES, "doc": "<i8", "version": "<i8"}
_POINTER, _FACTS = "current.json", "facts.json"
log = logging.getLogger(__name__)
_UNUSED_AFTER = 24 * 3600  # seconds after which what a killed run left half-written is removed


def take(folder: Path, language: str, into: Path) -> dict[str, Any] | None:
    """Link the kept files of a language into the folder `into`, which is emptied first; comes back with what
    was noted beside them, or None where nothing usable is kept.
    """
    shutil.rmtree(into, ignore_errors=True)
    try:
        kept = folder / language / json.loads((folder / language / _POINTER).read_text("utf-8"))["generation"]
        facts: dict[str, Any] = json.loads((kept / _FACTS).read_text("utf-8"))
        if facts["kept"] != VERSION:
            return None
        into.mkdir(parents=True)
        for name in ARRAYS:
            _link(kept / f"{name}.array", into / f"{name}.array")
            if (into / f"{name}.array").stat().st_size != facts["bytes"][name]:
                raise ValueError(name)
        (into / _FACTS).write_text(json.dumps(facts), "utf-8")
    except (OSError, ValueError, KeyError, TypeError):
        shutil.rmtree(into, ignore_errors=True)
        return None
    return facts


def taken(into: Path) -> dict[str, Any]:
    """What was noted beside the files that `take` linked."""
    facts: dict[str, Any] = json.loads((into / _FACTS).read_text("utf-8"))
    return facts


def put(workspace: Workspace, folder: Path, language: str, facts: dict[str, Any]) -> bool:
    """Keep the arrays of a workspace as what counts from now on. False where that cannot be done, the disk
    being full or another run making room at this moment: the next run counts everything.
    """
    home = folder / language
    generation = home / uuid.uuid4().hex
    try:
        _write(workspace, generation, facts)
        partial = home / f"{generation.name}.partial"
        partial.write_text(json.dumps({"generation": generation.name}), "utf-8")
        os.replace(partial, home / _POINTER)
        for other in home.iterdir():
            # What another run is writing at this moment is young.
            if (
                other.is_dir()
                and other != generation
                and (_named_before(other) or _age(other) > _UNUSED_AFTER)
            ):
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        log.warning("counts could not be kept in %s", home, exc_info=True)
        shutil.rmtree(generation, ignore_errors=True)
        return False
    return True


def _write(workspace: Workspace, generation: Path, facts: dict[str, Any]) -> None:
    generation.mkdir(parents=True)
    for name in ARRAYS:
        _link(workspace.root / f"{name}.array", generation / f"{name}.array")
    sizes = {name: (generation / f"{name}.array").stat().st_size for name in ARRAYS}
    (generation / _FACTS).write_text(json.dumps({**facts, "kept": VERSION, "bytes": sizes}), "utf-8")


def _named_before(generation: Path) -> bool:
    """Whole ones were named by the pointer once, or lost the race to be."""
    return (generation / _FACTS).exists()


def forget(root: Path, *, most_mb: int) -> list[str]:
    """Remove the folders below `root` that were kept longest ago until the others fit; comes back with their
    names.
    """
    folders = [folder for folder in root.iterdir() if folder.is_dir()] if root.is_dir() else []
    sizes = {
        folder: sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file())
        for folder in folders
    }
    gone: list[str] = []
    for folder in sorted(folders, key=_age, reverse=True):
        if sum(sizes.values()) <= most_mb << 20:
            break
        shutil.rmtree(folder, ignore_errors=True)
        del sizes[folder]
        gone.append(folder.name)
    return gone


def _age(folder: Path) -> float:
    """Seconds since anything in it was last renamed or written."""
    try:
        inside = [one for one in folder.iterdir() if one.is_dir()]
        return time.time() - max(one.stat().st_mtime for one in (folder, *inside))
    except OSError:
        return 0.0


def _link(file: Path, name: Path) -> None:
    try:
        os.link(file, name)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(file, name)


def version_table(workspace: Workspace) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Ids, rising, and versions of the documents of a workspace."""
    return workspace.array("doc", "<i8"), workspace.array("version", "<i8")
