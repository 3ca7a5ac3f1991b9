import pytest

from kgcurate.launch.checks import check_address, is_loopback
from kgcurate.launch.probe import name_for
from kgcurate.servers import ServerError
from tests.live import free_port


@pytest.mark.parametrize(
    ("host", "answer"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)],
)
def test_loopback_is_known(host, answer):
    assert is_loopback(host) is answer


def test_development_stays_on_this_machine_unless_told(monkeypatch):
    monkeypatch.delenv("ALLOW_REMOTE", raising=False)
    with pytest.raises(ServerError, match="ALLOW_REMOTE=1"):
        check_address("0.0.0.0", free_port(), production=False)

    monkeypatch.setenv("ALLOW_REMOTE", "1")
    check_address("0.0.0.0", free_port(), production=False)


@pytest.mark.parametrize("port", [0, 70000])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(ServerError, match="between 1 and 65535"):
        check_address("127.0.0.1", port, production=False)


@pytest.mark.parametrize(
    ("allowed", "name"),
    [
        ([], "localhost"),
        (["*"], "localhost"),
        ([".example.org"], "example.org"),
        (["a.org", "b.org"], "a.org"),
    ],
)
def test_the_probe_asks_under_an_allowed_name(allowed, name):
    assert name_for(allowed) == name
