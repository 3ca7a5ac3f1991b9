"""What the first `make run` says while pip works."""

import importlib.util

import pytest

from kgcurate.servers.places import REPO


def bootstrap():
    spec = importlib.util.spec_from_file_location("bootstrap", REPO / "scripts/bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("line", "step"),
    [
        (
            "Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (887.9 MB)\n",
            "torch-2.13.0 (887.9 MB)",
        ),
        ("  Using cached django-5.2.1-py3-none-any.whl (8.3 MB)\n", "django-5.2.1 (8.3 MB)"),
        ("  Downloading https://host/x/jieba-0.42.1.tar.gz (19.2 MB)\n", "jieba-0.42.1.tar.gz (19.2 MB)"),
        ("  Downloading django-5.2.1-py3-none-any.whl.metadata (4.1 kB)\n", ""),
        ("  Building wheel for jieba (pyproject.toml): started\n", "building jieba"),
        ("  Building wheel for jieba (pyproject.toml): finished with status 'done'\n", ""),
        ("Installing collected packages: a, b, c\n", "unpacking 3 packages"),
        ("Collecting django==5.2.1 (from -r requirements.txt (line 4))\n", ""),
    ],
)
def test_each_package_that_is_fetched_is_a_step(line, step):
    assert bootstrap().step_of(line) == step


def test_a_failed_installation_shows_what_pip_said(tmp_path, monkeypatch, capsys):
    script = bootstrap()
    monkeypatch.setattr(script, "PIP", ["sh", "-c", "echo no matching distribution; exit 1"])

    with pytest.raises(SystemExit, match=r"r\.txt could not be installed"):
        script.install("r.txt")

    assert "no matching distribution" in capsys.readouterr().out


def test_a_long_silent_step_is_seen_to_go_on(monkeypatch, capsys):
    script = bootstrap()
    says = "echo Installing collected packages: a, b, c; sleep 0.5"
    monkeypatch.setattr(script, "PIP", ["sh", "-c", says])
    monkeypatch.setattr(script, "SILENT_FOR", 0.1)

    script.install("r.txt")

    said = capsys.readouterr().out
    assert "still unpacking 3 packages …" in said and said.rstrip().endswith("r.txt is installed")
