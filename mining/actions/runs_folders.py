"""What runs leave on disk that end without tidying up: given up, cancelled while silent, failed midway."""

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from mining.models import Run, RunStatus

# A worker that sleeps through the end of its run finds that at its next write; until then it may work there.
LEFT_FOR = timedelta(minutes=10)


def forget_run_folders() -> int:
    """Remove the work folders of runs that ended a while ago; how many there were."""
    root = Path(settings.VAR_DIR) / "runs"
    folders = {int(folder.name): folder for folder in root.glob("[0-9]*") if folder.name.isdecimal()}
    ended = Run.objects.filter(
        pk__in=folders, status__in=RunStatus.finished(), finished_at__lt=timezone.now() - LEFT_FOR
    )
    forgotten = 0
    for pk in ended.values_list("pk", flat=True):
        shutil.rmtree(folders[pk], ignore_errors=True)
        forgotten += not folders[pk].exists()
    return forgotten
