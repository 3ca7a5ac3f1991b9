"""The Celery application: two queues, `default` and `gpu`, and the beat schedule from settings."""

import os

from celery import Celery
from celery.signals import after_task_publish, beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kgcurate.settings")

app = Celery("kgcurate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def let_beat_say_that_it_lives(**_):
    from kgcurate.operations.pulse import note_beat  # settings are there by now

    after_task_publish.connect(note_beat, weak=False)


@worker_init.connect
def let_people_go_first(**_):
    """On a machine that serves pages too, a busy worker must not make annotators wait."""
    os.nice(5)
