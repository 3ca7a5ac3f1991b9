"""What workers and beat do for this room."""

from celery import shared_task

from people.actions import delivering


@shared_task
def deliver_webhooks() -> int:
    return delivering.deliver_due()


@shared_task
def forget_old_events() -> int:
    return delivering.forget_old_events()
