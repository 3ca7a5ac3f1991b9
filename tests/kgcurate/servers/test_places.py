import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kgcurate.servers import ServerError, places

LONG = Path("/data") / ("x" * 150)


@pytest.mark.parametrize("var", [Path("/srv/kgcurate/var"), Path("/home/mei/a.b-c_d/var")])
def test_sockets_lie_in_var_where_its_path_will_do(var):
    assert places.socket_dir(var) == var / "run"


@pytest.mark.parametrize(
    "var", [LONG, Path("/home/a clone/var"), Path("/home/图谱/var"), Path("/a,b/var"), Path("/a%20b/var")]
)
def test_sockets_move_where_the_path_of_var_will_not_do(var):
    folder = places.socket_dir(var)

    assert folder.parent == Path("/tmp")
    assert places.SAFE_PATH.fullmatch(str(folder))
    assert len(os.fsencode(folder / ".s.PGSQL.5432.lock")) < 104


def test_each_var_has_its_own_socket_folder():
    assert places.socket_dir(LONG) != places.socket_dir(LONG / "var")


def test_socket_folder_is_private_and_goes_when_told(tmp_path):
    var = tmp_path / "with a space"
    var.mkdir()

    folder = places.make_socket_dir(var, owner=os.geteuid())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    places.drop_socket_dir(var)
    assert not folder.exists()


def test_a_link_in_place_of_the_socket_folder_is_refused(tmp_path):
    var = tmp_path / "with a space"
    var.mkdir()
    folder = places.socket_dir(var)
    folder.symlink_to(tmp_path)

    try:
        with pytest.raises(ServerError, match="link"):
            places.make_socket_dir(var, owner=os.geteuid())
    finally:
        folder.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else")
def test_somebody_elses_socket_folder_is_refused(tmp_path):
    var = tmp_path / "with a space"
    var.mkdir()
    folder = places.socket_dir(var)
    folder.mkdir()
    os.chown(folder, 12345, 12345)

    try:
        with pytest.raises(ServerError, match="someone else"):
            places.make_socket_dir(var, owner=os.geteuid())
    finally:
        folder.rmdir()


def test_secret_key_is_made_once_and_private(tmp_path):
    var = tmp_path / "var"

    key = places.local_secret_key(var)

    assert len(key) >= 50
    assert places.local_secret_key(var) == key
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600


def test_secret_key_is_one_for_processes_that_ask_at_once(tmp_path):
    ask = "import sys, pathlib; from kgcurate.servers.places import local_secret_key as key;"
    ask += "sys.stdin.read(1); print(key(pathlib.Path(sys.argv[1])))"
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", ask, str(tmp_path)],
            cwd=places.REPO,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]

    keys = {process.communicate(b"x")[0] for process in asking}

    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_var_dir_is_named_by_the_environment(monkeypatch):
    monkeypatch.setenv("KGCURATE_VAR", "build/other")
    assert places.var_dir() == places.REPO / "build" / "other"

    monkeypatch.setenv("KGCURATE_VAR", "")
    assert places.var_dir() == places.REPO / "var"


def test_a_var_that_cannot_be_made_is_one_clear_line():
    with pytest.raises(ServerError, match="cannot make the folder /dev/null/var"):
        places.require_writable(Path("/dev/null/var"))
