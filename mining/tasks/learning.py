"""Training in workers, and the beat that starts it."""

from celery import shared_task


@shared_task
def train_round(run_id: int) -> None:
    """One round of learning; a second delivery of the same run finds it claimed and leaves."""
    from mining.actions import rounds
    from mining.actions.runs import work_on

    work_on(run_id, rounds.run_round)


@shared_task
def learn_where_due() -> list[int]:
    """Start training where enough verdicts have come in; the runs it started."""
    from mining.actions.learning import start_due

    return [run.pk for run in start_due()]
