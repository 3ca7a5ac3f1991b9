"""Thin Celery tasks; importing them here is how the worker learns of them."""

from mining.tasks import imports, learning, phrases, runs

__all__ = ["imports", "learning", "phrases", "runs"]
