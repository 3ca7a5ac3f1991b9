"""Every text of the pages has its Chinese."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"


def messages(path: Path) -> list:
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def words(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_nothing_is_left_untranslated_or_uncertain():
    missing = [words(m) for m in messages(CATALOGUE) if m.fuzzy or not all([m.string, *m.string])]

    assert missing == []


def test_placeholders_survive_translation():
    wrong = [
        words(message)
        for message in messages(CATALOGUE)
        if message.python_format and any(error for error in message.check())
    ]

    assert wrong == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed")
def test_the_catalogue_holds_every_text_of_the_code(tmp_path):
    for folder in ("people", "graph", "annotation", "mining", "kgcurate", "templates", "locale"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.mo", "__pycache__")
        )
    before = {words(message) for message in messages(CATALOGUE)}

    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-location", "-v0"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )

    after = {words(m) for m in messages(tmp_path / CATALOGUE.relative_to(ROOT)) if m.id in {m.id}}
    assert after - before == set()
