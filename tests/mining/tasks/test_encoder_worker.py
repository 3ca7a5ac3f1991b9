"""A training in a real worker on the queue `gpu`, whose process is killed after a checkpoint."""

import os
import re
import signal

import psutil
import pytest

from tests.live import LiveStack, wait_for
from tests.mining.encoders.conftest import corpus

pytestmark = pytest.mark.slow


def test_a_training_goes_on_after_its_worker_was_killed(stack_home):
    text = stack_home / "sentences.txt"
    text.write_text("\n".join(corpus(2_000)), "utf-8")
    text.chmod(0o644)
    stack = LiveStack(stack_home, environment={"CHECKPOINT_SECONDS": "1", "TORCH_THREADS": "1"}).start()
    told = stack.manage(
        "train_encoder", "shop", "--text", str(text), "--vocabulary", "400", "--steps", "300",
        "--batch-tokens", "512", "--evaluations", "12", "--precision", "float32", "--background",
    ).stdout  # fmt: skip
    run = re.search(r"run (\d+) is queued", told)[1]

    def log():
        return stack.manage("runs", "log", run).stdout

    def loss_told(step):
        return any(
            int(number.replace(",", "")) >= step for number in re.findall(r"Step ([\d,]+): loss", log())
        )

    wait_for(lambda: loss_told(25), "the first measurements", log)
    worker = psutil.Process(stack.pid("worker"))
    for process in worker.children(recursive=True):
        os.kill(process.pid, signal.SIGKILL)
    wait_for(lambda: "Attempt 2" in log(), "the run to be taken up again", log, patience=240)
    wait_for(lambda: "Done." in log(), "the training to end", log, patience=400)

    said = log()
    assert "shop@1 was trained" in said
    # What was measured before the kill was not measured again.
    steps = re.findall(r"Step ([\d,]+): loss", said)
    assert len(steps) == len(set(steps)) == 13
