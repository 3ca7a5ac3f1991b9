"""The project package: settings, URLs, Celery and the embedded servers; it wires the rooms together."""

from kgcurate.celery import app as celery_app

__all__ = ["celery_app"]
