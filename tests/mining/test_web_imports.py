"""Machine learning stays in the workers."""

import subprocess
import sys

HEAVY = (
    "numpy",
    "pandas",
    "pyarrow",
    "sklearn",
    "scipy",
    "torch",
    "transformers",
    "jieba",
    "numba",
    "mining.classifiers.logistic",
)
ASK = f"""
import sys
import django
django.setup()
import kgcurate.urls, kgcurate.wsgi
import annotation.tasks, mining.tasks  # so that a worker starts as quickly
from django.urls import get_resolver
from people.access import routes
list(routes())
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def test_web_processes_import_no_machine_learning():
    asked = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, timeout=120)

    assert asked.returncode == 0, asked.stderr[-2000:]
    assert asked.stdout.split() == []
