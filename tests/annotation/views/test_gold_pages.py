"""Pages of known answers, quality settings and appeals."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from rest_framework.test import APIClient

from annotation.actions.appealing import appeal_judgment
from annotation.actions.gold import add_gold, propose_gold, retire_gold
from annotation.models import (
    Answer,
    Appeal,
    Campaign,
    Gold,
    GoldStatus,
    GoldUse,
    Participation,
    QualityPolicy,
    RetiredFor,
)
from annotation.tasks import watch_quality
from people.models import Change
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign
from tests.factories.people import make_admin, make_curator

pytestmark = pytest.mark.django_db


def page(name, *arguments):
    return reverse(f"annotation:{name}", args=arguments)


@pytest.fixture
def curator(client):
    person = make_curator()
    client.force_login(person)
    return person


@pytest.fixture
def campaign():
    return make_campaign(size=3, overlap=1)


def first_task(campaign):
    return campaign.tasks.order_by("candidate_id").first()


def test_a_curator_marks_a_task_and_reads_how_it_fares(client, curator, campaign):
    task = first_task(campaign)
    told = {"answer": "reject", "reason": "<i>It is a brand.</i>", "use": "measure"}
    assert client.post(page("task-detail", campaign.pk, task.pk), told).status_code == 302
    give_and_judge(task, make_annotator(), Answer.REJECT)
    give_and_judge(task, make_annotator(), Answer.ACCEPT)
    watch_quality()

    html = client.get(page("gold", campaign.pk)).content.decode()

    assert "&lt;i&gt;It is a brand." in html
    assert "50%" in html
    assert '<td class="number">2</td>' in html
    for verb in ("by_hand", "by_hand"):  # a second click changes nothing
        client.post(page("gold-act", campaign.pk, task.pk), {"do": verb})
    assert Gold.objects.get().retired_for == RetiredFor.BY_HAND
    assert "taken out by hand" in client.get(page("gold", campaign.pk), {"show": "retired"}).content.decode()


def test_before_it_is_marked_a_task_says_what_becomes_of_its_verdict(client, curator, campaign):
    untouched, decided = campaign.tasks.order_by("candidate_id")[:2]
    give_and_judge(decided, make_annotator(), Answer.ACCEPT)

    pages = [
        client.get(page("task-detail", campaign.pk, one.pk)).content.decode() for one in (untouched, decided)
    ]
    told = {"answer": "accept", "reason": "sure", "use": "measure"}
    client.post(page("task-detail", campaign.pk, decided.pk), told)
    same = decided.verdicts.standing().get()
    client.post(page("task-detail", campaign.pk, decided.pk), {**told, "answer": "reject"})

    assert ["forms no verdict" in html for html in pages] == [True, False]
    assert ["Its verdict below stays" in html for html in pages] == [False, True]
    assert all("data-no-gold" in html for html in pages)  # none are mixed in
    assert same.answer == Answer.ACCEPT  # what it proposed stays
    assert decided.verdicts.standing().get().answer == Answer.REJECT
    assert decided.verdicts.get(pk=same.pk).withdrawn_at is not None
    Campaign.objects.update(gold_share=0.1)
    assert "data-no-gold" not in client.get(page("task-detail", campaign.pk, decided.pk)).content.decode()


def test_a_proposal_is_accepted_for_training_or_refused(client, curator, campaign):
    proposals = []
    for task in campaign.tasks.order_by("candidate_id")[:2]:
        give_and_judge(task, make_annotator(), Answer.ACCEPT)
        proposals.append(propose_gold(verdict=task.verdicts.get()))

    assert (
        client.get(page("gold", campaign.pk), {"show": "proposed"}).content.decode().count("data-gold") == 2
    )
    one, two = proposals
    client.post(page("gold-act", campaign.pk, one.pk), {"do": "accept", "why": "sure", "use": "training"})
    client.post(page("gold-act", campaign.pk, two.pk), {"do": "refuse"})

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, one.use, one.why) == (GoldStatus.LIVE, GoldUse.TRAINING, "sure")
    assert two.status == GoldStatus.REFUSED


def test_what_cannot_be_understood_changes_nothing(client, curator, campaign):
    task = first_task(campaign)
    add_gold(task=task, answer=Answer.ACCEPT, reason="")

    assert client.get(page("gold", 10**9)).status_code == 404
    assert client.post(page("gold-act", campaign.pk, 10**9), {"do": "by_hand"}).status_code == 404
    client.post(page("gold-act", campaign.pk, task.pk), {"do": "leaked"})

    assert Gold.objects.get().status == GoldStatus.LIVE


def test_the_settings_of_quality_are_written_with_their_trail(client, campaign):
    client.force_login(make_admin())
    form = client.get(page("quality", campaign.pk)).context["form"]
    told = {name: value for name, value in form.initial.items() if value is not None}

    assert client.post(page("quality", campaign.pk), {**told, "test_size": 200}).status_code == 200
    wanted = {**told, "gold_from_verdicts": "propose", "test_size": 10, "pause_below": 60}
    for _ in range(2):
        assert client.post(page("quality", campaign.pk), wanted).status_code == 302

    policy = QualityPolicy.objects.get()
    assert (policy.test_size, policy.pause_below, policy.gold_sure) == (10, 0.6, 0.98)
    assert Change.objects.filter(action="change quality").count() == 1


def corrected_answer(campaign):
    task, person = first_task(campaign), make_annotator()
    add_gold(task=task, answer=Answer.REJECT, reason="It is a brand.")
    judgment = give_and_judge(task, person, Answer.ACCEPT)
    retire_gold(gold=task.gold, reason=RetiredFor.OLD)
    return judgment


def test_an_annotator_appeals_on_their_history_and_reads_the_reply(client, campaign):
    judgment, curator = corrected_answer(campaign), make_curator()
    client.force_login(judgment.annotator)
    assert "It is a brand." in client.get(page("history")).content.decode()

    for _ in range(2):
        client.post(page("appeal", judgment.pk), {"words": "<b>Everybody</b> asks for it."})
    assert client.post(page("appeal", judgment.pk), {"words": ""}).status_code == 302

    appeal = Appeal.objects.get()
    client.force_login(curator)
    assert "&lt;b&gt;Everybody&lt;/b&gt;" in client.get(page("appeals")).content.decode()
    assert (
        '<span class="count" id="waiting-annotation-disputes">1</span>'
        in client.get(page("disputes")).content.decode()
    )
    client.post(page("appeal-decide", appeal.pk), {"decision": "uphold"})
    assert Appeal.objects.open().exists()  # no reply, no decision
    told = {"decision": "overturn", "answer": "accept", "reply": "Thank you."}
    for _ in range(2):
        client.post(page("appeal-decide", appeal.pk), told)
    assert Gold.objects.get().answer == Answer.ACCEPT
    client.force_login(judgment.annotator)
    assert "It is a brand." not in client.get(page("history")).content.decode()


def test_nobody_appeals_about_somebody_elses_answer(client, campaign):
    judgment = corrected_answer(campaign)
    client.force_login(make_annotator())

    assert client.post(page("appeal", judgment.pk), {"words": "but"}).status_code == 404
    assert not Appeal.objects.exists()


def test_the_same_by_api(campaign):
    curator, admin = APIClient(), APIClient()
    curator.force_login(make_curator())
    admin.force_login(make_admin())
    task = first_task(campaign)
    path = f"/api/v1/tasks/{task.pk}/gold"

    made = curator.put(path, {"answer": "reject", "why": "a brand"}, format="json")
    assert (made.status_code, made.json()["status"]) == (200, "live")
    assert curator.put(path, {"answer": "skip"}, format="json").status_code == 400
    (row,) = curator.get(f"/api/v1/campaigns/{campaign.pk}/gold").json()["results"]
    assert (row["task"], row["shown"], row["accuracy"]) == (task.pk, 0, None)
    judgment = give_and_judge(task, make_annotator(), Answer.ACCEPT)
    assert curator.delete(path, {"reason": "by_hand"}, format="json").json()["retired_for"] == "by_hand"
    own = APIClient()
    own.force_login(judgment.annotator)
    appeal = own.post("/api/v1/appeals", {"judgment": str(judgment.pk), "words": "no"}, format="json")
    assert appeal.status_code == 201
    decided = curator.post(
        f"/api/v1/appeals/{appeal.json()['id']}/decide", {"overturn": False, "reply": "yes"}, format="json"
    )
    assert decided.json()["status"] == "upheld"
    assert own.get("/api/v1/appeals").json()["results"][0]["reply"] == "yes"

    changed = admin.patch(f"/api/v1/campaigns/{campaign.pk}/quality", {"test_size": 5}, format="json")
    assert (changed.status_code, changed.json()["test_size"]) == (200, 5)
    wrong = admin.patch(f"/api/v1/campaigns/{campaign.pk}/quality", {"gold_sure": 7}, format="json")
    assert wrong.status_code == 400


def test_known_answers_are_read_from_a_file(campaign, tmp_path, capsys):
    tasks = list(campaign.tasks.order_by("candidate_id"))
    rows = ["task,answer,why,use", f"{tasks[0].pk},accept,sure,", f"{tasks[1].pk},reject,no,test"]
    file = tmp_path / "gold.csv"
    file.write_text("\n".join([*rows, "999999,accept,,", f"{tasks[2].pk},perhaps,,"]))

    for _ in range(2):
        call_command("gold", str(campaign.pk), "--add", str(file))

    said = capsys.readouterr()
    assert "2 known answers, 2 rows refused" in said.out
    assert "row 4: the campaign has no task '999999'" in said.err
    assert [gold.use for gold in Gold.objects.order_by("pk")] == ["measure", "test"]


def test_an_appeal_waits_for_nobody_but_a_curator(client, campaign):
    judgment = corrected_answer(campaign)
    appeal_judgment(judgment=judgment, annotator=judgment.annotator, words="so")
    client.force_login(judgment.annotator)

    assert client.get(page("appeals")).status_code in {302, 403}
    assert client.post(page("appeal-decide", Appeal.objects.get().pk), {}).status_code in {302, 403}


def test_an_answer_given_too_often_is_marked_with_the_figures_behind_it(client):
    campaign, person = make_campaign(size=1), make_annotator()
    habits = {"answers": 60, "seconds": 2.0, "quick": 0.0, "top": "accept", "gold": 0}
    shares = {"top_share": 0.95, "usual_share": 0.4, "is_odd": True}
    Participation.objects.create(campaign=campaign, annotator=person, habits=habits | shares)
    client.force_login(make_curator())

    page = client.get(reverse("annotation:annotators", args=[campaign.pk])).text

    assert "95% of 60 answers, where the same tasks usually get 40%" in page
