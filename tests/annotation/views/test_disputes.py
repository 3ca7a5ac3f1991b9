"""The queue of disputes, and what annotators read of a curator's decision."""

import pytest
from django.urls import reverse

from annotation import disputes
from annotation.actions.deciding import adjudicate, undo_decision
from annotation.actions.undoing import TooLateToUndo, withdraw_judgment
from annotation.models import Answer, Verdict
from people.errors import UserError
from people.models import Change
from tests.factories.annotation import ask, judge, lease, make_annotator, make_campaign, make_task
from tests.factories.people import make_curator

pytestmark = pytest.mark.django_db


def page(name, *arguments):
    return reverse(f"annotation:{name}", args=arguments)


@pytest.fixture
def curator(client):
    person = make_curator()
    client.force_login(person)
    return person


def disputed(**policy):
    task = make_task(overlap=2, **policy)
    ask(task, make_annotator(), Answer.ACCEPT, seconds=7, comment="sentence 2 says so")
    ask(task, make_annotator(), Answer.REJECT)
    return task.verdicts.get()


def test_the_queue_shows_who_said_what_and_the_bar_how_many_wait(client, curator):
    verdict, other = disputed(), disputed()

    html = client.get(page("disputes")).content.decode()

    assert html.count('class="queue-row"') == 2
    for judgment in verdict.judgments:
        assert judgment.annotator.username in html
    for word in (
        "sentence 2 says so",
        "7.0 s",
        "guideline version 1",
        "reliability not known yet",
        "not scored",
    ):
        assert word in html
    assert '<span class="count" id="waiting-annotation-disputes">2</span>' in html
    only = client.get(page("disputes"), {"campaign": other.task.campaign_id}).content.decode()
    assert f'id="dispute-{other.pk}"' in only
    assert f'id="dispute-{verdict.pk}"' not in only


def test_the_list_goes_on_by_key(client, curator):
    first, second = disputed(), disputed()

    one = disputes.page_of(size=1)
    two = disputes.page_of(after=one.next_after, size=1)

    assert [row.pk for row in (*one.rows, *two.rows)] == [first.pk, second.pk]
    assert (one.total, two.next_after) == (2, None)
    rows = client.get(page("disputes"), {"after": first.pk}).content.decode()
    assert f"dispute-{second.pk}" in rows
    assert "<html" not in rows


def test_what_cannot_be_understood_is_refused(client, curator):
    verdict = disputed()

    assert client.get(page("disputes"), {"after": "x"}).status_code == 400
    assert client.get(page("disputes"), {"campaign": "x"}).status_code == 404
    assert client.get(page("dispute", 10**12)).status_code == 404
    for told in ({}, {"answer": "skip"}, {"answer": "bad"}, {"answer": "accept", "why": "x" * 2001}):
        assert client.post(page("dispute-decide", verdict.pk), told).status_code == 400
    assert Verdict.objects.disputed().get() == verdict


def test_a_decision_is_the_verdict_and_can_be_taken_back_once(client, curator):
    verdict = disputed()
    htmx = {"HTTP_HX_REQUEST": "true"}

    said = client.post(page("dispute-decide", verdict.pk), {"answer": "accept", "why": "see 2"}, **htmx)
    second_click = client.post(page("dispute-decide", verdict.pk), {"answer": "reject"}, **htmx)

    decided = verdict.task.verdicts.standing().get()
    assert (decided.answer, decided.decided_by, decided.why) == ("accept", curator, "see 2")
    assert f'data-gone="dispute-{verdict.pk}"' in said.content.decode()
    assert second_click.status_code == 409
    undone = client.post(page("dispute-undo", decided.pk), **htmx).content.decode()
    again = client.post(page("dispute-undo", decided.pk), **htmx)
    restored = verdict.task.verdicts.standing().get()
    assert (restored.is_disputed, restored.votes, restored.decided_by) == (True, verdict.votes, None)
    assert f'id="dispute-{restored.pk}"' in undone
    assert again.status_code == 409
    actions = Change.objects.filter(entity="task").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["adjudicate", "undo adjudicate"]


def test_a_decision_whose_proposal_a_curator_has_decided_about_stays():
    verdict = disputed()
    verdict.task.content["decided"] = True
    verdict.task.save()
    decided = adjudicate(verdict=verdict, answer=Answer.ACCEPT, by=make_curator(), why="")
    Verdict.objects.filter(pk=decided.pk).update(acted_at=decided.formed_at)

    with pytest.raises(UserError, match="already decided"):
        undo_decision(verdict=decided, by=make_curator())

    assert verdict.task.verdicts.standing().get() == decided


def test_who_answered_otherwise_reads_the_curators_words(client):
    campaign = make_campaign(size=1, overlap=2)
    right, wrong = make_annotator(), make_annotator()
    task = campaign.tasks.get()
    ask(task, right, Answer.ACCEPT)
    ask(task, wrong, Answer.REJECT)
    adjudicate(verdict=task.verdicts.get(), answer=Answer.ACCEPT, by=make_curator(), why="<b>Sentence 2</b>")

    client.force_login(wrong)
    told = client.get(page("history")).content.decode()
    corrected = client.get(page("history"), {"show": "corrected"}).content.decode()
    client.force_login(right)
    not_told = client.get(page("history")).content.decode()

    for html in (told, corrected):
        assert "A curator decided" in html
        assert "&lt;b&gt;Sentence 2&lt;/b&gt;" in html
    assert "A curator decided" not in not_told
    # Nobody takes back what a curator has decided about, to answer again as they were told.
    with pytest.raises(TooLateToUndo):
        withdraw_judgment(judgment_id=task.judgments.get(annotator=wrong).pk, annotator=wrong)
    assert "No corrections" in client.get(page("history"), {"show": "corrected"}).content.decode()


def test_an_answer_that_was_undone_is_not_corrected(client):
    task = make_task(overlap=2)
    person = make_annotator()
    ask(task, make_annotator(), Answer.ACCEPT)
    lease(task, person)
    judgment = judge(task, person, Answer.REJECT)
    adjudicate(verdict=task.verdicts.get(), answer=Answer.ACCEPT, by=make_curator(), why="")
    judgment.withdrawn_at = judgment.judged_at
    judgment.save()
    client.force_login(person)

    assert "A curator decided" not in client.get(page("history")).content.decode()
