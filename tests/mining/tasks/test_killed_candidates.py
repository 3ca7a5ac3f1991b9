"""Promise 4 for imports of candidates: killed anywhere, they go on without duplicates."""

import tarfile

import pytest

from mining.actions.imports_images import image_store, import_image_texts
from mining.actions.imports_relations import import_relations
from mining.actions.runs import revive_stalled_runs, start_run, work_on
from mining.models import Image, ImageCandidate, RelationCandidate, RunKind, RunStatus
from tests.factories.images import picture
from tests.factories.processes import do_and_die, let_time_pass
from tests.factories.runs import errors_of, run_import, write_lines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def queue(monkeypatch):
    """Nobody but the test listens."""
    monkeypatch.setattr("mining.actions.runs.current_app.send_task", lambda *_, **__: None)


def killed_and_finished(run, job, function, moments):
    for moment in moments:
        do_and_die(run, job, moment, batch=7)
        let_time_pass(run)
        assert revive_stalled_runs() == [run.pk]
    return work_on(run.pk, function)


def file_of(path):
    return [{"path": str(path), "name": path.name}]


def test_a_killed_import_of_relations_goes_on_after_its_last_batch(tmp_path):
    rows = [
        {
            "id": f"r{number}",
            "text": f"第{number}次换季，皮肤干燥得厉害。",
            "relation": "cause",
            "subject": "换季",
            "object": "皮肤干燥",
        }
        for number in range(40)
    ]
    rows[9] = {**rows[9], "relation": "loves"}
    rows.append({**rows[1], "text": "换季就皮肤干燥。"})
    path = write_lines(tmp_path / "relations.jsonl", rows)

    run = killed_and_finished(
        start_run(RunKind.IMPORT_RELATIONS, {"files": file_of(path)}),
        "mining.actions.imports_relations.import_relations",
        import_relations,
        ["after 1", "before 3", "after 4"],
    )

    assert run.status == RunStatus.DONE, run.error
    assert RelationCandidate.objects.count() == 39
    assert not RelationCandidate.objects.exclude(revision=0).exists()
    assert [row for row, _reason in errors_of(run)] == [10, 41]
    assert (run.counts["read"], run.counts["added"], run.counts["errors"]) == (41, 39, 2)
    again = run_import(path, kind=RunKind.IMPORT_RELATIONS)
    assert (again.counts["added"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 39)


def test_a_killed_import_of_images_goes_on_and_unpacks_its_archive_once_more_at_most(tmp_path):
    with tarfile.open(tmp_path / "images.tar.gz", "w:gz") as archive:
        for number in range(20):
            path = tmp_path / f"{number}.png"
            path.write_bytes(picture(f"#{number:02x}80{255 - number:02x}"))
            archive.add(path, path.name)
    rows = [
        {"id": f"p{number}", "image": f"{number % 20}.png", "text": f"text {number}", "text_class": "POI"}
        for number in range(30)
    ]
    rows[4]["image"] = "none.png"
    path = write_lines(tmp_path / "pairs.jsonl", rows)
    archive = {"path": str(tmp_path / "images.tar.gz"), "name": "images.tar.gz"}

    run = killed_and_finished(
        start_run(RunKind.IMPORT_IMAGE_TEXTS, {"files": file_of(path), "images": archive}),
        "mining.actions.imports_images.import_image_texts",
        import_image_texts,
        ["images", "after 1", "before 3"],
    )

    assert run.status == RunStatus.DONE, run.error
    assert (ImageCandidate.objects.count(), Image.objects.count()) == (29, 20)
    assert [row for row, _reason in errors_of(run)] == [5]
    assert all(image_store().web(image.sha256).exists() for image in Image.objects.all())
    assert not run.folder.exists()
