"""Thin Celery tasks; importing them here is how the worker learns of them."""

from mining.tasks import encoders, imports, learning, phrases, runs

__all__ = ["encoders", "imports", "learning", "phrases", "runs"]
