"""Events reach those who listen: signed, at least once, with a stable id, never inside our own network."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from annotation.actions.campaigns import finish_campaign
from annotation.models import Answer
from annotation.tasks import tell_of_empty_queues
from people import events
from people.actions import delivering, webhooks
from people.actions.delivering import deliver_due, forget_old_events, pause_after
from people.models import Change, Delivery, Event, Webhook
from people.webhooks.addresses import Forbidden, is_public, resolve
from people.webhooks.signing import sign, verify
from tests.factories.annotation import ask, give_and_judge, make_campaign, make_task
from tests.factories.people import make_admin, make_annotator
from tests.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def fresh():
    events.ask_again()
    yield
    events.ask_again()


def listen(url, *names):
    webhook, secret = webhooks.create_webhook(name="ours", url=url, events=names, by=make_admin())
    return webhook, secret


def due_now():
    Delivery.objects.update(next_at=timezone.now())


def test_a_verdict_a_dispute_and_a_finish_are_told_signed(receiver):
    names = ["verdict.formed", "dispute.opened", "campaign.finished"]
    webhook, secret = listen(receiver.url, *names)
    campaign = make_campaign(size=1, overlap=2)
    task = campaign.tasks.get()
    give_and_judge(task, make_annotator(), Answer.ACCEPT)
    give_and_judge(task, make_annotator(), Answer.REJECT)
    finish_campaign(campaign=campaign)

    assert deliver_due() == 3

    assert sorted(told["event"] for told in receiver.told()) == sorted(names)
    for headers, body in receiver.got:
        assert verify(body, headers["X-Kgcurate-Signature"], secret)
        assert not verify(body + b" ", headers["X-Kgcurate-Signature"], secret)
        assert not verify(body, headers["X-Kgcurate-Signature"], "whsec_other")
        assert headers["X-Kgcurate-Event-Id"] == json.loads(body)["id"]
    formed = next(told for told in receiver.told() if told["event"] == "verdict.formed")
    assert formed["data"]["task"] == task.pk and formed["data"]["is_disputed"]
    assert deliver_due() == 0
    webhook.refresh_from_db()
    assert webhook.last_success_at and not webhook.failing_since


def test_what_is_rolled_back_is_not_told_and_nobody_listening_costs_no_statement(
    receiver, django_assert_num_queries
):
    events.listened_for()
    with django_assert_num_queries(0):
        events.emit("verdict.formed", {"verdict": 1})

    listen(receiver.url, "verdict.formed")
    with transaction.atomic():
        ask(make_task(overlap=1), make_annotator())
        assert Event.objects.count() == 1
        transaction.set_rollback(True)

    assert not Event.objects.exists()


def test_failures_are_repeated_with_growing_pauses_under_one_id(receiver):
    listen(receiver.url, "campaign.started")
    make_campaign(size=1)
    receiver.status = 500

    deliver_due()
    first = Delivery.objects.get()
    assert (first.status, first.answer_status, first.attempts) == ("waiting", 500, 1)
    assert first.next_at > timezone.now()
    assert deliver_due() == 0, "not before its time"
    due_now()
    receiver.status = 302
    deliver_due()
    assert Delivery.objects.get().error == "answered 302", "redirects are not followed"
    due_now()
    receiver.status = 204
    deliver_due()

    assert Delivery.objects.get().status == "delivered"
    assert len({told["id"] for told in receiver.told()}) == 1
    assert [headers["X-Kgcurate-Attempt"] for headers, _body in receiver.got] == ["1", "2", "3"]
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 99)] == [10, 20, 40, 6 * 3600]


def test_a_worker_killed_in_the_middle_loses_nothing(receiver, monkeypatch):
    listen(receiver.url, "campaign.started")
    make_campaign(size=1)

    class Killed(BaseException):
        pass

    def die(*args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_note", die)
        with pytest.raises(Killed):
            deliver_due()
    assert deliver_due() == 0, "still claimed"
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))

    assert deliver_due() == 1
    assert len(receiver.got) == 2 and len({told["id"] for told in receiver.told()}) == 1


def test_an_endpoint_that_fails_for_days_is_switched_off_and_can_be_switched_on_again(receiver):
    webhook, _secret = listen(receiver.url, "campaign.started")
    make_campaign(size=1)
    receiver.status = 500
    deliver_due()
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=4))
    due_now()

    deliver_due()

    webhook.refresh_from_db()
    assert not webhook.is_active and webhook.disabled_at
    assert Change.objects.filter(entity="webhook", action="disable").exists()
    due_now()
    assert deliver_due() == 0
    receiver.status = 200
    webhooks.change_webhook(webhook=webhook, by=make_admin(), is_active=True)
    deliver_due()
    assert Delivery.objects.get().status == "delivered"


def test_nobody_there_is_tried_again_and_given_up_after_days(receiver):
    webhook, _secret = listen("http://127.0.0.1:9/hook", "campaign.started")
    make_campaign(size=1)

    deliver_due()
    first = Delivery.objects.get()
    assert (first.status, first.answer_status) == ("waiting", None) and "ConnectError" in first.error
    Event.objects.update(at=timezone.now() - timedelta(days=4))
    due_now()
    deliver_due()

    assert Delivery.objects.get().status == "failed"
    webhook.refresh_from_db()
    assert webhook.is_active, "it has not failed for so long itself"


def test_a_webhook_that_is_deleted_while_it_is_called_is_no_accident(receiver, monkeypatch):
    webhook, _secret = listen(receiver.url, "campaign.started")
    make_campaign(size=1)
    note = delivering._note

    def deleted_before(*args):
        webhooks.delete_webhook(webhook=webhook, by=None)
        note(*args)

    monkeypatch.setattr(delivering, "_note", deleted_before)

    assert deliver_due() == 1
    assert len(receiver.got) == 1 and not Delivery.objects.exists()


def test_after_a_rotation_both_secrets_sign_for_a_day(receiver):
    webhook, old = listen(receiver.url, "campaign.started")
    webhook, new = webhooks.rotate_secret(webhook=webhook, by=make_admin())

    webhooks.send_test(webhook=webhook)
    deliver_due()
    Webhook.objects.update(old_until=timezone.now())
    webhooks.send_test(webhook=webhook)
    deliver_due()

    (first, body), (second, body2) = receiver.got
    assert verify(body, first["X-Kgcurate-Signature"], old)
    assert verify(body, first["X-Kgcurate-Signature"], new)
    assert not verify(body2, second["X-Kgcurate-Signature"], old)
    assert verify(body2, second["X-Kgcurate-Signature"], new)
    assert new not in json.dumps(list(Webhook.objects.values()), default=str)


def test_an_empty_queue_is_told_once_for_each_filling(receiver):
    listen(receiver.url, "campaign.queue_empty")
    campaign = make_campaign(size=1, overlap=1)
    assert tell_of_empty_queues() == 0

    ask(campaign.tasks.get(), make_annotator())
    tell_of_empty_queues()
    tell_of_empty_queues()

    assert Event.objects.get().content["campaign"] == campaign.pk


def test_addresses_inside_our_network_are_not_called(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = False
    webhook, _secret = listen("http://localhost:1/x", "campaign.started")
    webhooks.send_test(webhook=webhook)

    deliver_due()

    assert "not a public address" in Delivery.objects.get().error
    names = "127.0.0.1 [::1] 10.1.2.3 169.254.169.254 0x7f000001 2130706433 [::ffff:10.0.0.1] 0"
    for host in names.split():
        with pytest.raises(Forbidden):
            resolve(f"http://{host}/latest", allow_private=False)
    with pytest.raises(Forbidden, match="only http"):
        resolve("ftp://example.org/", allow_private=True)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("64:ff9b::808:808", True),
        ("64:ff9b::a00:1", False), ("2002:7f00:1::", False), ("100.64.0.1", False), ("224.0.0.1", False),
        ("fe80::1", False), ("fd00::1", False), ("0.0.0.0", False), ("192.0.2.1", False),
    ],
)  # fmt: skip
def test_public_addresses(address, public):
    import ipaddress

    assert is_public(ipaddress.ip_address(address)) == public


def test_signatures_grow_old_and_nonsense_is_none():
    header = sign(b"{}", ["s"], at=1000)

    assert verify(b"{}", header, "s", now=1100)
    assert not verify(b"{}", header, "s", now=2000)
    for nonsense in ("", "t=", "v1=x", "t=1,t=2,v1=x", "t=９,v1=x", header.replace("v1", "v0")):
        assert not verify(b"{}", nonsense, "s", now=1000)


@pytest.mark.parametrize(
    ("url", "names"),
    [("ftp://x.org/", ["release.cut"]), ("no address", ["release.cut"]), ("https://x.org/", ["nothing"]),
     ("https://x.org/", []), ("javascript:alert(1)", ["release.cut"])],
)  # fmt: skip
def test_nonsense_is_no_webhook(url, names):
    with pytest.raises(ValidationError):
        webhooks.create_webhook(name="x", url=url, events=names, by=None)


def test_old_events_are_forgotten_but_not_what_waits(receiver):
    webhook, _secret = listen(receiver.url, "campaign.started")
    for _ in range(2):
        webhooks.send_test(webhook=webhook)
    Event.objects.update(at=timezone.now() - timedelta(days=40))
    Delivery.objects.filter(pk=Delivery.objects.first().pk).update(status="delivered")

    forget_old_events()

    assert Event.objects.count() == Delivery.objects.count() == 1


def test_the_api_sets_up_shows_the_secret_once_and_sends_again(client, receiver):
    client.force_login(make_admin())

    def post(path, told=None):
        return client.post(f"/api/v1/{path}", told or {}, content_type="application/json")

    made = post("webhooks", {"name": "ours", "url": receiver.url, "events": ["release.cut"]})
    assert made.status_code == 201 and made.json()["secret"].startswith("whsec_")
    pk = made.json()["id"]
    assert "secret" not in client.get(f"/api/v1/webhooks/{pk}").json()
    assert post("webhooks", {"name": "x", "url": "x", "events": ["release.cut"]}).status_code == 400
    assert post(f"webhooks/{pk}/rotate").json()["secret"] != made.json()["secret"]
    delivery = post(f"webhooks/{pk}/test").json()
    deliver_due()
    assert client.get(f"/api/v1/webhooks/{pk}/deliveries").json()["results"][0]["status"] == "delivered"
    assert post(f"deliveries/{delivery['id']}/resend").status_code == 202
    deliver_due()
    assert [told["id"] for told in receiver.told()] == [delivery["event"]] * 2
    changed = client.patch(f"/api/v1/webhooks/{pk}", {"is_active": False}, content_type="application/json")
    assert changed.json()["is_active"] is False
    assert client.delete(f"/api/v1/webhooks/{pk}").status_code == 204
    assert client.delete(f"/api/v1/webhooks/{pk}").status_code == 404


def test_the_page_makes_changes_tests_and_deletes(client, receiver):
    client.force_login(make_admin())
    told = {"name": "Ours", "url": receiver.url, "events": ["release.cut", "run.failed"]}

    page = client.post("/webhooks/", told)
    webhook = Webhook.objects.get()
    assert webhook.secret in page.text
    assert webhook.secret not in client.get("/webhooks/").text
    assert client.post("/webhooks/", {**told, "url": "nonsense"}).status_code == 200
    assert Webhook.objects.count() == 1

    own = f"/webhooks/{webhook.pk}"
    client.post(f"{own}/test")
    deliver_due()
    page = client.get(own)
    assert "ping" in page.text and "Delivered" in page.text
    client.post(f"/webhooks/deliveries/{Delivery.objects.get().pk}/resend")
    assert Delivery.objects.get().status == "waiting"
    old = webhook.secret
    assert old not in (rotated := client.post(f"{own}/rotate")).text and "whsec_" in rotated.text
    client.post(f"{own}/off")
    assert not Webhook.objects.get().is_active
    assert client.post(f"{own}/nonsense").status_code == 404
    client.post(f"{own}/delete")
    assert client.post(f"{own}/delete").status_code == 404
    assert not Webhook.objects.exists()
