"""What the code writes on the trail is read on the page in the language of the page."""

import re

from graph.detail import ACTIONS
from kgcurate.servers.places import REPO

WRITTEN = re.compile(
    r'\baction="([a-z ]+)"|\b_trail\(\s*\w+, "([a-z ]+)"|\btrail_of_person\(\s*\w+, \w+, "([a-z ]+)"'
)


def test_every_action_that_is_written_has_words():
    files = [
        file
        for room in ("people", "graph", "annotation", "mining")
        for file in (REPO / room).rglob("actions/*.py")
    ]

    written = {"".join(found) for file in files for found in WRITTEN.findall(file.read_text())}

    assert {"ask anew", "retire gold", "grant attempt", "new guideline", "rescore"} <= written
    assert written - set(ACTIONS) == set()
