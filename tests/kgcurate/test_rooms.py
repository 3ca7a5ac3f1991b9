"""Who may import whom (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "people": {"people"},
    "graph": {"graph", "people"},
    "annotation": {"annotation", "graph", "people"},
    "mining": {"mining", "annotation", "graph", "people"},
}
ROOMS = {*MAY_IMPORT, "kgcurate"}


def rooms_imported(file: Path) -> set[str]:
    imported = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.split(".")[0])
    return imported & ROOMS


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_import_only_what_the_design_allows(room):
    files = list((ROOT / room).rglob("*.py"))

    strays = {str(file.relative_to(ROOT)): rooms_imported(file) - MAY_IMPORT[room] for file in files}

    assert files
    assert {name: rooms for name, rooms in strays.items() if rooms} == {}


def test_the_client_knows_no_room_and_no_django():
    files = list((ROOT / "kgclient").rglob("*.py"))

    assert files
    assert [str(file) for file in files if rooms_imported(file) or "django" in file.read_text()] == []


@pytest.mark.parametrize("folder", ["phrases", "sentences", "classifiers", "active"])
def test_machine_learning_code_knows_no_django(folder):
    files = list((ROOT / "mining" / folder).rglob("*.py"))

    assert files
    assert [str(file) for file in files if "django" in file.read_text()] == []
