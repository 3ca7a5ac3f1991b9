"""WSGI entry point for the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kgcurate.settings")
django_application = get_wsgi_application()

from annotation.api.lane import Lane  # noqa: E402 - once the apps are loaded

application = Lane(django_application)
