"""Processes that do a run and die by SIGKILL at a chosen moment."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

from django.db import connection
from django.utils import timezone

from kgcurate.servers.places import REPO
from mining.actions.runs import SILENT_AFTER
from mining.models import Run

WORKER = """
import os, signal, sys
import django
django.setup()
from django.utils.module_loading import import_string
from mining.actions import mine_store, runs_progress
from mining.actions.runs import work_on

run_id, job, moment, batch = int(sys.argv[1]), import_string(sys.argv[2]), sys.argv[3], int(sys.argv[4])
checkpoints = 0

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Mortal(runs_progress.Progress):
    def stage(self, name, *args, **kwargs):
        super().stage(name, *args, **kwargs)
        if name == moment:
            die()

    def checkpoint(self, **told):
        global checkpoints
        checkpoints += 1
        if moment == f"before {checkpoints}":
            die()
        super().checkpoint(**told)
        if moment == f"after {checkpoints}":  # the transaction is not yet committed
            die()

import mining.actions.runs
mining.actions.runs.Progress = Mortal
mine_store.BATCH = batch
from mining.actions import imports, imports_images, imports_relations
for importer in (
    imports.DocumentImporter, imports_relations.RelationImporter, imports_images.ImageTextImporter
):
    importer.batch_rows = batch
work_on(run_id, job)
"""


def do_and_die(run, job, moment, *, batch=1_000):
    """Do a run in a process that kills itself at `moment`: a stage, "before 3" or "after 3" (checkpoints)."""
    database = connection.settings_dict
    host = quote(database["HOST"], safe="")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kgcurate.settings",
        "DATABASE_URL": f"postgres://{database['USER']}@{host}/{database['NAME']}",
    }
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(run.pk), job, moment, str(batch)],
        cwd=REPO, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, (
        f"{moment}: ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    )


def let_time_pass(run):
    """As long as it takes until a silent worker counts as dead."""
    Run.objects.filter(pk=run.pk).update(beat_at=timezone.now() - SILENT_AFTER - timedelta(seconds=1))
