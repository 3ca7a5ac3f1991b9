#!/usr/bin/env python
"""Django's command line, with the embedded servers started for the command where none are given."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kgcurate.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from kgcurate import servers

    try:
        with servers.for_command(sys.argv):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a value in the environment, so a line and no traceback
        sys.exit(f"kgcurate: {error}")


if __name__ == "__main__":
    main()
