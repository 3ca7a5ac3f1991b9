"""What docs/api.md shows in Python does what it says there."""

import hmac
import re
import time

import pytest
from django.conf import settings as django_settings

from annotation.models import Answer, Judgment, Verdict
from people.actions.tokens import issue_token
from people.webhooks.signing import sign
from tests.factories.annotation import give_and_judge, make_campaign
from tests.factories.people import make_admin, make_annotator

pytestmark = pytest.mark.django_db(transaction=True)


def example(holding: str) -> str:
    """The one block of Python in the document that holds these words."""
    text = (django_settings.BASE_DIR / "docs" / "api.md").read_text("utf-8")
    (found,) = [block for block in re.findall(r"```python\n(.*?)```", text, re.S) if holding in block]
    return found


def run(code: str, **instead) -> dict:
    for shown, meant in instead.pop("replace").items():
        assert shown in code
        code = code.replace(shown, meant)
    names: dict = {}
    exec(compile(code, "docs/api.md", "exec"), names)  # noqa: S102
    return names


def here(live_server, user, campaign) -> dict[str, str]:
    _token, secret = issue_token(user=user, name="documented")
    number = f"CAMPAIGN = {campaign.pk}"
    return {"http://127.0.0.1:8000": live_server.url, "kgc_…": secret, "CAMPAIGN = 7": number}


def test_answering(live_server, capsys):
    campaign, person = make_campaign(size=8, overlap=1), make_annotator()

    names = run(example("next_tasks"), replace=here(live_server, person, campaign))

    assert Judgment.objects.filter(annotator=person, answer="accept").count() == 5
    assert len(names["reply"]["tasks"]) == 3
    assert capsys.readouterr().out.count("saved") == 5


def test_reading_deciding_and_what_is_refused(live_server, capsys, settings):
    settings.LABEL_STUDIO_URL = ""
    campaign = make_campaign(size=2, overlap=2)
    for number, task in enumerate(campaign.tasks.order_by("pk")):
        give_and_judge(task, make_annotator(), Answer.ACCEPT)
        give_and_judge(task, make_annotator(), Answer.REJECT if number else Answer.ACCEPT)

    run(example('pages("disputes"'), replace=here(live_server, make_admin(), campaign))

    decided = Verdict.objects.standing().get(method="curator")
    assert (decided.answer, decided.why) == ("reject", "a brand")
    said = capsys.readouterr().out
    assert " accept 0." in said and " unsure 0." in said
    conflict, invalid = said.splitlines()[-2:]
    assert "LABEL_STUDIO_URL" in conflict and invalid.startswith("{'url': ['Enter")


def test_the_receiver_knows_our_signature_and_no_other():
    is_ours = run(example("is_ours"), replace={})["is_ours"]
    header = sign(b"{}", ["whsec_new", "whsec_old"], at=int(time.time()))

    assert is_ours(b"{}", header, "whsec_new") and is_ours(b"{}", header, "whsec_old")
    assert not is_ours(b"{ }", header, "whsec_new")
    assert not is_ours(b"{}", header, "whsec_other")
    old = sign(b"{}", ["whsec_new"], at=int(time.time()) - 3600)
    assert not is_ours(b"{}", old, "whsec_new")
    forged = f"t={int(time.time())},v1={hmac.new(b'x', b'{}', 'sha256').hexdigest()}"
    assert not is_ours(b"{}", forged, "whsec_new")


def test_every_method_that_is_named_is_there():
    from kgclient import Client

    text = (django_settings.BASE_DIR / "docs" / "api.md").read_text("utf-8")
    table = text[text.index("| method |") : text.index("A `Judgment` has its id")]
    named = set(re.findall(r"`(\w+)(?:\([^`]*\))?`", table.replace("/api/v1/", "")))
    named -= {"results", "tasks"}

    public = {name for name in vars(Client) if not name.startswith("_")}
    assert named == public - {"close", "request"}
