"""What becomes of uploaded files and of the files of a run that two workers believe to be theirs."""

import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mining.actions import imports_uploads
from mining.actions.imports import import_documents
from mining.actions.imports_uploads import find_upload, save_upload, start_import
from mining.actions.runs import cancel_run, claim, start_run, work_on
from mining.actions.runs_progress import Progress, Superseded
from mining.models import Run, RunKind, RunStatus
from mining.tasks.imports import forget_uploads
from tests.factories.people import make_user
from tests.factories.processes import let_time_pass
from tests.factories.runs import errors_of, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media" / "uploads"


def upload(by):
    file = SimpleUploadedFile("reviews.csv", "id,text\n1,很好用。\n".encode())
    return save_upload(what="documents", files=[file], options={"corpus": "shop"}, by=by)


def make_old(uploads):
    long_ago = time.time() - imports_uploads.FORGOTTEN_AFTER - 5
    for path in [*uploads.glob("*"), *uploads.glob("*/*")]:
        os.utime(path, (long_ago, long_ago))


def test_uploads_are_forgotten_after_a_day_whether_started_or_not(uploads):
    admin = make_user(role="admin")
    waiting = upload(admin)
    started = upload(admin)
    run = start_import(upload=started, columns={"text": "text"}, by=admin)
    work_on(run.pk, import_documents)

    assert forget_uploads() == 0
    make_old(uploads)
    young = upload(admin)
    assert forget_uploads() == 2

    assert find_upload(young.token, admin)
    assert not waiting.folder.exists() and not started.folder.exists()
    assert Run.objects.get(pk=run.pk).status == RunStatus.DONE
    assert forget_uploads() == 0


def test_files_that_a_run_still_reads_stay(uploads):
    admin = make_user(role="admin")
    started = upload(admin)
    run = start_import(upload=started, columns={"text": "text"}, by=admin)
    make_old(uploads)

    assert forget_uploads() == 0
    assert started.folder.exists()
    cancel_run(run=run, by=admin)
    assert forget_uploads() == 1
    assert not started.folder.exists()


def test_a_worker_that_slept_leaves_the_files_of_its_run_alone(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    rows = [{"id": "1", "text": "Good."}, {"id": "2", "text": ""}]
    path = write_lines(tmp_path / "docs.jsonl", rows)
    told = {"files": [{"path": str(path), "name": path.name}], "corpus": "shop"}
    sleeper = claim(start_run(RunKind.IMPORT_DOCUMENTS, told).pk)
    let_time_pass(sleeper)

    run = work_on(sleeper.pk, import_documents)
    errors = errors_of(run)
    run.folder.mkdir(parents=True)
    with pytest.raises(Superseded):
        Progress(sleeper).clear_folder()
    with pytest.raises(Superseded):
        import_documents(sleeper, Progress(sleeper))

    assert run.status == RunStatus.DONE and run.folder.exists()
    assert errors_of(run) == errors and len(errors) == 1
    assert run.documents.count() == 1
