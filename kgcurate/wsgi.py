"""WSGI entry point for the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kgcurate.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - once Django is set up

from annotation.api.lane import Lane  # noqa: E402

if settings.SHORT_LANE:
    application = Lane(application)  # type: ignore[assignment]
