from datetime import timedelta

import pytest
from django.utils import timezone

from mining.actions.runs_folders import forget_run_folders
from mining.models import Run, RunKind, RunStatus

pytestmark = pytest.mark.django_db


def make_run(status, *, ended_before=None):
    ended = timezone.now() - ended_before if ended_before else None
    run = Run.objects.create(kind=RunKind.MINE_PHRASES, status=status, finished_at=ended)
    (run.folder / "zh").mkdir(parents=True)
    (run.folder / "zh" / "text.array").write_bytes(b"text")
    return run


def test_folders_of_runs_that_ended_go_and_others_stay(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    failed = make_run(RunStatus.FAILED, ended_before=timedelta(hours=1))
    cancelled = make_run(RunStatus.CANCELLED, ended_before=timedelta(hours=1))
    just_ended = make_run(RunStatus.FAILED, ended_before=timedelta(minutes=1))
    at_work, waiting = make_run(RunStatus.RUNNING), make_run(RunStatus.QUEUED)
    (tmp_path / "runs" / "notes").mkdir()

    assert forget_run_folders() == 2

    assert not failed.folder.exists() and not cancelled.folder.exists()
    assert all(run.folder.exists() for run in (just_ended, at_work, waiting))
    assert (tmp_path / "runs" / "notes").exists()
    assert forget_run_folders() == 0


def test_without_any_folder_there_is_nothing_to_do(tmp_path, settings):
    settings.VAR_DIR = tmp_path / "none"

    assert forget_run_folders() == 0
