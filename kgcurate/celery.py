"""The Celery application: two queues, `default` and `gpu`, and the beat schedule from settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kgcurate.settings")

app = Celery("kgcurate")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
