"""The world outside, through real workers: answers come in over HTTP and files, events go out signed."""

import json

import httpx
import pytest

from kgclient import Client, Judgment
from people.webhooks.signing import verify
from tests.live import running_stack, wait_for
from tests.receiver import Receiver

MADE = """
import json
from people.actions.tokens import issue_token
from tests.factories.learning import make_learnable
from tests.factories.people import make_admin
campaign = make_learnable(4, overlap=1, evaluation_share=0.0)
print(json.dumps({"campaign": campaign.pk, "token": issue_token(user=make_admin(), name="test")[1]}))
"""
# A claim lasts a minute; here it has passed.
LATER = """
from people.models import Delivery
Delivery.objects.filter(status="waiting").update(next_at="2026-01-01T00:00Z")
"""


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def answer_in_label_studio(tasks):
    """What Label Studio exports after somebody said yes to the tasks that have no answer."""
    for number, task in enumerate(tasks, 1):
        if not task["annotations"]:
            said = {
                "from_name": "answer",
                "to_name": "phrase",
                "type": "choices",
                "value": {"choices": ["accept"]},
            }
            task["annotations"] = [{
                "id": number, "unique_id": f"{number:036}",
                "completed_by": {"id": 1, "email": "ann@example.org"},
                "result": [said], "lead_time": 2.0, "created_at": "2026-01-01T10:00:00Z",
            }]  # fmt: skip
    return json.dumps(tasks).encode()


def test_a_worker_killed_between_loses_neither_an_event_nor_an_exchange(receiver):
    with running_stack(environment={"WEBHOOK_ALLOW_PRIVATE": "true"}) as stack:
        made = json.loads(stack.manage("shell", "-v0", "-c", MADE).stdout.splitlines()[-1])
        campaign, token = made["campaign"], made["token"]
        with Client(stack.url, token=token) as client:
            told = {"name": "shop", "url": receiver.url, "events": ["verdict.formed"]}
            secret = client.post("webhooks", told)["secret"]

            # Answered over HTTP; the worker dies while the receiver has the event and says nothing yet.
            receiver.hold()
            (task,) = client.next_tasks(campaign)["tasks"]
            client.answer(campaign, [Judgment(task["id"], "accept", took_ms=900)])
            wait_for(lambda: receiver.got, "the event to arrive", stack.said)
            # With its children: one of them would still hear what the receiver says.
            before = stack.kill_whole("worker")
            receiver.let_go()

            # A file of answers is handed in while there is no worker.
            path = f"{stack.url}/api/v1/campaigns/{campaign}"
            headers = {"Authorization": f"Bearer {token}"}
            theirs = answer_in_label_studio(httpx.get(f"{path}/label-studio", headers=headers).json())
            sent = httpx.post(f"{path}/exchanges/file", headers=headers, files={"file": ("ls.json", theirs)})
            assert sent.status_code == 202, sent.text
            stack.wait_restarted("worker", before)
            stack.manage("shell", "-v0", "-c", LATER)

            exchange = sent.json()["id"]
            done = wait_for(
                lambda: (now := client.exchange(exchange))["status"] in ("done", "failed") and now,
                "the file to be read", stack.said,
            )  # fmt: skip
            assert (done["status"], done["counts"]["counted"], done["counts"]["known"]) == ("done", 3, 1), (
                done
            )
            wait_for(lambda: len(receiver.got) >= 5, "all events, the first one twice", stack.said)
            verdicts = {verdict["id"]: verdict["task"] for verdict in client.verdicts(campaign=campaign)}

    for header, body in receiver.got:
        assert verify(body, header["X-Kgcurate-Signature"], secret)
    first, *others = receiver.told()
    assert first["data"]["task"] == task["id"]
    attempts = [header["X-Kgcurate-Attempt"] for header, body in receiver.got if json.loads(body) == first]
    assert attempts == ["1", "2"], "the same event under the same id"
    assert {one["data"]["verdict"] for one in [first, *others]} == set(verdicts) and len(verdicts) == 4
