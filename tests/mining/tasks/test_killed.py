"""Promise 4: a run whose process is killed goes on without duplicates, wherever it was."""

import pytest

from graph.actions.setup import ensure_default_ontology
from mining.actions.imports import import_documents
from mining.actions.mine import mine_phrases, mining_parameters
from mining.actions.runs import revive_stalled_runs, start_run, work_on
from mining.models import Document, PhraseCandidate, PhraseExample, Run, RunKind, RunStatus, Sentence
from tests.factories.processes import do_and_die, let_time_pass
from tests.factories.runs import errors_of, run_import, write_lines

pytestmark = pytest.mark.django_db(transaction=True)

FACE = ["滋润不油腻", "锁水保湿效果好", "敏感肌也能用", "味道清香"]
HAIR = ["去屑止痒", "味道清香", "头发柔顺", "泡沫丰富"]


@pytest.fixture
def queue(monkeypatch):
    """Runs that workers were told about; nobody but the test listens."""
    told = []
    monkeypatch.setattr(
        "mining.actions.runs.current_app.send_task", lambda name, args, **_: told.append(args[0])
    )
    return told


def documents(number):
    for at in range(number):
        for category, words in (("面霜", FACE), ("洗发水", HAIR)):
            first, second = words[at % 4], words[(at + 1) % 4]
            text = f"第{at}天用{first}，感觉{second}。我说它{first}！朋友们都觉得{second}，{at}次回购"
            yield {"id": f"{category}-{at}", "text": text, "category": category}


def killed_and_finished(run, job, function, moments, **options):
    for moment in moments:
        do_and_die(run, job, moment, **options)
        let_time_pass(run)
        assert revive_stalled_runs() == [run.pk]
    return work_on(run.pk, function)


def candidates():
    return (
        set(PhraseCandidate.objects.values_list("pk", "text", "category", "is_primary", "score", "revision")),
        set(PhraseExample.objects.values_list("candidate", "sentence", "start", "end")),
    )


def test_a_killed_mining_run_finishes_as_if_nothing_had_been(tmp_path, queue):
    ensure_default_ontology()
    run_import(write_lines(tmp_path / "docs.jsonl", documents(24)), create_categories=True)
    told = mining_parameters({"min_count": 2, "min_pmi": 0.1, "min_entropy": 0.1})
    moments = ["read", "zh:count:3", "zh:quality", "store", "after 2", "before 3"]

    killed = killed_and_finished(
        start_run(RunKind.MINE_PHRASES, told),
        "mining.actions.mine.mine_phrases",
        mine_phrases,
        moments,
        batch=5,
    )

    assert killed.status == RunStatus.DONE, killed.error
    assert killed.attempt == len(moments) + 1
    assert (
        killed.counts["candidates"] == killed.counts["new_candidates"] == PhraseCandidate.objects.count() > 5
    )
    assert killed.phrases.filter(is_new=True).count() == killed.counts["candidates"]
    after_kills = candidates()
    whole = work_on(start_run(RunKind.MINE_PHRASES, told).pk, mine_phrases)
    assert whole.status == RunStatus.DONE and whole.counts["new_candidates"] == 0
    assert whole.counts["candidates"] == killed.counts["candidates"]
    assert candidates() == after_kills
    assert not killed.folder.exists()


def test_a_killed_import_goes_on_after_its_last_batch(tmp_path, queue):
    rows = [{"id": f"r{at}", "text": f"Text number {at}. It is fine."} for at in range(50)]
    rows[7], rows[33] = "broken", {"id": "r33"}
    rows.append({"id": "r1", "text": "Another text under an id that is taken."})
    path = write_lines(tmp_path / "docs.jsonl.gz", rows)
    told = {"files": [{"path": str(path), "name": path.name}], "corpus": "shop"}
    moments = ["after 1", "after 2", "before 3", "after 4"]

    run = killed_and_finished(
        start_run(RunKind.IMPORT_DOCUMENTS, told),
        "mining.actions.imports.import_documents",
        import_documents,
        moments,
        batch=7,
    )

    assert run.status == RunStatus.DONE, run.error
    assert Document.objects.count() == 48 and Sentence.objects.count() == 96
    assert Document.objects.get(source_id="r1").text == rows[1]["text"]
    assert [row for row, _reason in errors_of(run)] == [8, 34, 51]
    assert (run.counts["read"], run.counts["added"], run.counts["errors"]) == (51, 48, 3)
    again = run_import(path)
    assert (again.counts["added"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 48)


def test_an_import_again_that_is_killed_still_tells_ids_used_twice(tmp_path, queue, monkeypatch):
    rows = [{"id": f"r{at}", "text": f"Text number {at}."} for at in range(20)]
    path = write_lines(tmp_path / "docs.jsonl", [*rows, {"id": "r0", "text": "Not this one."}])
    run_import(path)
    told = {"files": [{"path": str(path), "name": path.name}], "corpus": "shop"}

    run = killed_and_finished(
        start_run(RunKind.IMPORT_DOCUMENTS, told),
        "mining.actions.imports.import_documents",
        import_documents,
        ["before 3"],
        batch=7,
    )

    assert run.status == RunStatus.DONE
    assert Document.objects.get(source_id="r0").text == "Text number 0."
    assert (run.counts["changed"], run.counts["errors"]) == (0, 1)


def test_a_run_that_kills_its_worker_every_time_is_given_up(tmp_path, queue):
    path = write_lines(tmp_path / "docs.jsonl", [{"id": "a", "text": "A text."}])
    run = start_run(
        RunKind.IMPORT_DOCUMENTS, {"files": [{"path": str(path), "name": path.name}], "corpus": "shop"}
    )
    Run.objects.filter(pk=run.pk).update(vain_attempts=4)

    do_and_die(run, "mining.actions.imports.import_documents", "before 1")
    let_time_pass(run)
    revive_stalled_runs()

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED and "5 attempts" in run.error and not Document.objects.exists()
