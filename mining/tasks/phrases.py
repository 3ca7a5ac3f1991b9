"""Phrase mining as a job."""

from celery import shared_task

from mining.actions.mine import mine_phrases as phrases_job
from mining.actions.runs import work_on


@shared_task
def mine_phrases(run_id: int) -> None:
    work_on(run_id, phrases_job)
