"""What a mining run knows beforehand, out of the workspace: lexicons, the words of the graph, and what people
decided about phrases.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from graph.models import Label, Status
from mining.models import Run
from mining.phrases.lexicons.knowledge import Knowledge, normal_forms
from people.errors import UserError

PACKAGED, GRAPH = "packaged", "graph"
BATCH = 10_000


class BadLexicon(UserError):
    pass


def lexicon_folder() -> Path:
    """Where an administrator puts lexicons for everybody to choose: files, or folders of files."""
    return Path(settings.VAR_DIR) / "lexicons"


def lexicon_names() -> list[str]:
    """What can be chosen: the dictionaries that ship in packages, the graph, and what lies in the folder."""
    folder = lexicon_folder()
    there = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    return [PACKAGED, GRAPH, *there]


def checked_lexicons(names: list[str], *, paths: list[str]) -> list[str]:
    """The names, and the paths that an administrator gave by hand, if all are there."""
    known = lexicon_names()
    for name in names:
        if name not in known:
            raise BadLexicon(f"There is no lexicon {name}; there are: {', '.join(known)}.")
    for path in paths:
        if not Path(path).exists():
            raise BadLexicon(f"Lexicon {path}: there is no such file or folder.")
    return [*dict.fromkeys(names), *(str(Path(path).resolve()) for path in dict.fromkeys(paths))]


def knowledge_of(run: Run) -> Knowledge:
    """Read once and kept with the run, so that another attempt knows the same and goes on from there."""
    kept = run.folder / "knowledge.json.gz"
    if not kept.exists():
        known = gather(run.parameters.get("lexicons") or [])
        run.folder.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".partial")
        partial.write_bytes(gzip.compress(json.dumps(known).encode(), 1))
        partial.replace(kept)
    told = json.loads(gzip.decompress(kept.read_bytes()))
    words = {name: frozenset(told[name]) for name in ("lexicon", "accepted", "rejected")}
    return Knowledge(**words, packaged=told["packaged"])


def gather(lexicons: list[str]) -> dict[str, Any]:
    from mining.phrases.lexicons.files import LexiconError, read_lexicons

    words: set[str] = set()
    if GRAPH in lexicons:
        words.update(graph_words())
    files = [Path(one) if "/" in one else lexicon_folder() / one
             for one in lexicons if one not in (PACKAGED, GRAPH)]  # fmt: skip
    try:
        words |= normal_forms(read_lexicons(files))
    except LexiconError as error:
        raise BadLexicon(str(error)) from error
    accepted, rejected = decided_phrases()
    return {
        "packaged": PACKAGED in lexicons,
        "lexicon": sorted(words),
        "accepted": sorted(accepted),
        "rejected": sorted(rejected),
    }


def graph_words() -> Iterator[str]:
    """Normal forms of all labels of approved concepts but items, whose names are titles."""
    approved = Label.objects.filter(concept__status=Status.APPROVED).exclude(
        concept__concept_class__name__in=("Item", "Image", "Sentence", "Clip")
    )
    yield from approved.values_list("normal_form", flat=True).distinct().iterator(chunk_size=BATCH)


def decided_phrases() -> tuple[set[str], set[str]]:
    """Normal forms that people accepted anywhere, and those that they only ever rejected. A phrase that is
    no point of interest of one category may be one of another.
    """
    accepted: set[str] = set()
    rejected: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(DECIDED)
        while rows := cursor.fetchmany(BATCH):
            for form, answer in rows:
                (accepted if answer == "accept" else rejected).add(form)
    return accepted, rejected - accepted


DECIDED = """
SELECT DISTINCT candidate.normal_form, verdict.answer
FROM annotation_verdict verdict
JOIN annotation_task task ON task.id = verdict.task_id
JOIN annotation_campaign campaign ON campaign.id = task.campaign_id AND campaign.kind = 'phrase'
JOIN mining_phrasecandidate candidate ON candidate.id = task.candidate_id
-- What measures must not teach (promise 7).
WHERE task.pool <> 'evaluation' AND verdict.withdrawn_at IS NULL AND NOT verdict.is_disputed
  AND verdict.answer IN ('accept', 'reject')
ORDER BY candidate.normal_form, verdict.answer"""
