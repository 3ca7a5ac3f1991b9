"""Where images lie: each once, named by its digest, so that no name from outside is ever part of a path."""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mining.images.check import ImageFacts, image_facts, web_copy

DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ImageStore:
    """`root`/ab/cd/DIGEST is the original, DIGEST.web the copy for pages."""

    root: Path

    def original(self, sha256: str) -> Path:
        if not DIGEST.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no digest")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def web(self, sha256: str) -> Path:
        return self.original(sha256).with_suffix(".web")

    def keep(self, content: bytes) -> ImageFacts:
        """Check an image and keep it with its copy; one that is there already is only looked at.

        The copy is written last: where it is, the original was decoded to its end and is whole.
        """
        facts = image_facts(content)
        web = self.web(facts.sha256)
        if not web.exists():
            copy, _mime = web_copy(content, facts)
            _write(self.original(facts.sha256), content)
            _write(web, copy)
        return facts


def web_mime(copy: bytes) -> str:
    """The copy's type by its first bytes; we make no others."""
    return "image/jpeg" if copy.startswith(b"\xff\xd8") else "image/webp"


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, also when the machine goes down meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
