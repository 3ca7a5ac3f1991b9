"""Makers of rows for tests: `make_user()`, `make_task()` …, one file per room."""
