import signal
import socket

import pytest

from tests.live import LiveStack, wait_for

PARTS = {"web", "worker", "beat", "postgres", "redis"}


def test_ctrl_c_leaves_no_process_behind(stack_home):
    stack = LiveStack(stack_home).start()
    assert set(stack.pids()) == PARTS
    assert len(stack.processes()) >= len(PARTS)
    said = stack.output.read_text()
    assert "s  bringing the tables of the database up to date …" in said
    assert "s  starting the web server …" in said

    assert stack.stop(signal.SIGINT) == 0

    assert stack.processes() == []
    assert not (stack.var / "postgres" / "postmaster.pid").exists()


def test_a_command_shares_the_running_servers(shared_stack):
    before = shared_stack.pids()

    shared_stack.manage("migrate", "--check")

    assert shared_stack.pids() == before


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_killed_part_is_started_again(shared_stack, part):
    before = shared_stack.kill(part)

    shared_stack.wait_restarted(part, before)

    assert f"{part} died (signal 9)" in shared_stack.output.read_text()


def test_a_second_launcher_is_refused(shared_stack):
    second = shared_stack.manage("serve", check=False)

    assert second.returncode == 1
    assert "runs already" in second.stderr
    assert len(second.stderr.splitlines()) == 1


def test_killed_launcher_then_start_again_keeps_the_data(stack_home):
    stack = LiveStack(stack_home).start()
    stack.manage("shell", "-c", "from django.core.cache import cache; cache.set('kept', 1, None)")
    stack.kill("launcher")

    stack.start()

    assert (
        "1"
        in stack.manage(
            "shell", "-v0", "-c", "from django.core.cache import cache; print(cache.get('kept'))"
        ).stdout
    )
    stack.stop()
    assert stack.processes() == []


def test_killed_launcher_takes_its_children_along(stack_home):
    stack = LiveStack(stack_home).start()

    stack.kill("launcher")

    wait_for(lambda: not stack.processes(), "all children to end", stack.said)


def test_port_in_use_is_one_line_and_starts_nothing(stack_home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        stack = LiveStack(stack_home, port=taken.getsockname()[1]).start(ready=False)

        assert stack.process.wait(30) == 1

    said = stack.output.read_text().strip()
    assert said == f"CommandError: port {stack.port} on 127.0.0.1 is in use; take another: PORT=8123 make run"
    assert not (stack.var / "postgres").exists()


def test_a_second_ctrl_c_forces(stack_home):
    stack = LiveStack(stack_home).start()

    stack.process.send_signal(signal.SIGINT)
    wait_for(lambda: "stopping" in stack.output.read_text(), "the launcher to hear the first")
    code = stack.stop(signal.SIGINT)

    assert code in {0, 130}  # 0 where it was done before the second came
    wait_for(lambda: not stack.processes(), "all to end")
