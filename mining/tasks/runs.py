"""Keeping runs alive: beat asks every few seconds, and a worker asks as soon as it is there."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from mining.actions import runs, runs_folders


@shared_task
def revive_stalled_runs() -> None:
    runs.revive_stalled_runs()


@shared_task
def forget_run_folders() -> int:
    return runs_folders.forget_run_folders()


@worker_ready.connect
def revive_at_start(sender: Any = None, **_: Any) -> None:
    # Through the queue, so that the main process opens no connection that its children would inherit.
    with sender.app.connection_for_write() as broker:
        revive_stalled_runs.apply_async(connection=broker, retry=False)
