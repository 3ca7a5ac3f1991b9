"""Fixtures of this room."""

from tests.annotation.crowd import many_connections  # noqa: F401
