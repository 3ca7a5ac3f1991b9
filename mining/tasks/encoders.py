"""Training of encoders as a job; the queue `gpu` is where a graphics card would be."""

from celery import shared_task

from mining.actions.encoders import train_encoder as encoder_job
from mining.actions.runs import work_on


@shared_task
def train_encoder(run_id: int) -> None:
    work_on(run_id, encoder_job)
