"""Against a real Label Studio: sent once, answered there, fetched once, whoever dies in between."""

import io
import json
from itertools import count
from uuid import uuid4

import pytest
from django.core.management import call_command

from annotation.actions import exchanging
from annotation.actions.exchanging import start_exchange, work_on
from annotation.labelstudio import jobs
from annotation.labelstudio.tasks import export_lines
from annotation.models import Answer, Exchange, Judgment, LabelStudioProject, LabelStudioTask, Verdict
from tests.annotation.promises import assert_promises
from tests.factories.annotation import give_and_judge
from tests.factories.candidates import make_image_candidate, make_kind_campaign, make_relation
from tests.factories.learning import make_learnable
from tests.factories.people import make_annotator
from tests.labelstudio import USER, label_studio  # noqa: F401

# Installing and starting the server is bounded by itself.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(1200, func_only=True)]


@pytest.fixture(autouse=True)
def at_server(settings, label_studio, monkeypatch):  # noqa: F811
    settings.LABEL_STUDIO_URL, settings.LABEL_STUDIO_TOKEN = label_studio.url, label_studio.token
    # Ids of campaigns begin anew with each test's database, the server's memory does not.
    settings.GRAPH_IRI = f"https://kgcurate.example/{uuid4()}/"
    monkeypatch.setattr(exchanging, "send", lambda pk: None)


def run(campaign, action, **options):
    exchange = start_exchange(campaign=campaign, action=action, **options)
    done = work_on(exchange.pk)
    assert done.status == "done", (done.error, done.problems)
    return done


def answer_there(client, external, answer, *, seconds=4.0, **more):
    about = {"to_name": more.pop("about", "phrase"), "type": "choices"}
    results = [{"from_name": "answer", **about, "value": {"choices": [answer]}}]
    if reason := more.pop("reason", None):
        results.append({"from_name": "reason", **about, "value": {"choices": [reason]}})
    return client.annotations.create(id=external, result=results, lead_time=seconds, **more)


CAMPAIGNS = {
    "phrase": lambda: make_learnable(5, overlap=1, evaluation_share=0.0),
    "relation_sentence": lambda: make_relation() and make_kind_campaign("relation_sentence", "satisfy"),
    "image_text": lambda: make_image_candidate() and make_kind_campaign("image_text", "shows"),
}
ABOUT = {"phrase": "phrase", "relation_sentence": "sentence", "image_text": "image"}


@pytest.mark.parametrize("kind", CAMPAIGNS)
def test_every_kind_is_sent_answered_there_and_fetched_once(kind, label_studio):  # noqa: F811
    campaign = CAMPAIGNS[kind]()
    campaign.tasks.update(score=0.9, scored_by=1)
    tasks = campaign.tasks.count()

    sent = run(campaign, "deploy")
    again = run(campaign, "deploy")

    project = LabelStudioProject.objects.get()
    client = label_studio.client()
    assert (sent.counts["sent"], again.counts["sent"], project.tasks.count()) == (tasks, 0, tasks)
    assert client.projects.get(project.external_id).task_number == tasks
    there = {task.id: task for task in client.tasks.list(project=project.external_id, fields="all")}
    assert all(task.total_predictions == 1 for task in there.values())
    first = project.tasks.order_by("pk").first()
    assert there[first.external_id].data["kgcurate"]["task"] == first.task_id

    for place, external in enumerate(sorted(there)):
        said = [("accept", {}), ("bad", {"reason": "outdated"}), ("reject", {})][place % 3]
        answer_there(client, external, said[0], about=ABOUT[kind], **said[1])
    fetched, refetched = run(campaign, "recycle"), run(campaign, "recycle")

    assert fetched.counts["counted"] == tasks and fetched.problems == []
    assert (refetched.counts["known"], refetched.counts["counted"]) == (tasks, 0)
    judgments = Judgment.objects.order_by("task")
    assert {judgment.annotator.username for judgment in judgments} == {f"label-studio-{USER}"}
    assert judgments[0].answer == "accept" and judgments[0].took.total_seconds() == 4
    if tasks > 1:
        assert (judgments[1].answer, judgments[1].reason) == ("bad", "outdated")
    assert Verdict.objects.standing().count() == tasks
    assert_promises(campaign)


def test_a_killed_worker_sends_nothing_twice_and_fetches_nothing_twice(label_studio, monkeypatch):  # noqa: F811
    campaign = make_learnable(7, overlap=1, evaluation_share=0.0)
    monkeypatch.setattr(jobs, "TASKS", 2)
    monkeypatch.setattr(jobs, "ANSWERS", 2)

    class Killed(BaseException):
        pass

    def die_after(times):
        remember, calls = jobs._remember, count(1)

        def dying(*args):
            if next(calls) > times:
                raise Killed
            remember(*args)

        return dying

    exchange = start_exchange(campaign=campaign, action="deploy")
    with monkeypatch.context() as patch:
        # Two packets noted; the third is there, and the worker dies before noting it.
        patch.setattr(jobs, "_remember", die_after(2))
        with pytest.raises(Killed):
            work_on(exchange.pk)
    assert LabelStudioTask.objects.count() == 4
    assert work_on(exchange.pk) is None, "it still counts as alive"
    Exchange.objects.update(beat_at=None)
    assert exchanging.revive_exchanges() == [exchange.pk]
    assert work_on(exchange.pk).status == "done"

    project = LabelStudioProject.objects.get()
    client = label_studio.client()
    assert client.projects.get(project.external_id).task_number == project.tasks.count() == 7

    for external in project.tasks.values_list("external_id", flat=True):
        answer_there(client, external, "accept")
    exchange = start_exchange(campaign=campaign, action="recycle")
    note, calls = exchanging.Progress.note, count(1)

    def dying(self, *args, **counts):
        note(self, *args, **counts)
        if next(calls) == 2:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(exchanging.Progress, "note", dying)
        with pytest.raises(Killed):
            work_on(exchange.pk)
    before = Judgment.objects.count()
    Exchange.objects.filter(pk=exchange.pk).update(beat_at=None)
    done = work_on(exchange.pk)

    assert 0 < before < 7
    assert (done.counts["known"], done.counts["counted"]) == (before, 7 - before)
    assert Judgment.objects.counted().count() == 7
    assert_promises(campaign)


def test_our_export_is_imported_there_and_its_export_comes_back_the_same(label_studio):  # noqa: F811
    campaign = make_learnable(3, overlap=2, evaluation_share=0.0)
    one, two = make_annotator(), make_annotator()
    for task in campaign.tasks.all():
        give_and_judge(task, one, Answer.ACCEPT, comment="明白", seconds=1.5)
    give_and_judge(campaign.tasks.first(), two, Answer.SKIP)
    kept = ("pk", "answer", "comment", "took", "annotator_id", "task_id", "guideline_id")
    before = list(Judgment.objects.order_by("pk").values_list(*kept))
    client = label_studio.client()
    run(campaign, "deploy")
    config = client.projects.get(LabelStudioProject.objects.get().external_id).label_config
    project = client.projects.create(title="By file", label_config=config)

    ours = json.loads("".join(export_lines(campaign)))
    client.projects.import_tasks(id=project.id, request=ours)
    theirs = b"".join(client.projects.exports.download_sync(project.id, export_type="JSON"))

    known = run(campaign, "import", file=io.BytesIO(theirs))
    assert known.counts["known"] == len(before) and known.problems == []
    Judgment.objects.all().delete()
    campaign.tasks.update(seats_free=2, taken_by=[], lapsed=[])
    run(campaign, "import", file=io.BytesIO(theirs))
    assert list(Judgment.objects.order_by("pk").values_list(*kept)) == before


def test_what_label_studio_refuses_is_said_in_its_words(settings, label_studio):  # noqa: F811
    campaign = make_learnable(2, evaluation_share=0.0)
    settings.LABEL_STUDIO_TOKEN = "f" * 40

    exchange = start_exchange(campaign=campaign, action="deploy")
    failed = work_on(exchange.pk)

    assert failed.status == "failed" and "Label Studio answered 401" in failed.error
    settings.LABEL_STUDIO_URL = "http://127.0.0.1:9"
    exchange = start_exchange(campaign=campaign, action="deploy")
    assert work_on(exchange.pk).status == "queued", "a server that is away is tried again"


def test_the_command_sends_and_fetches(label_studio, capsys):  # noqa: F811
    campaign = make_learnable(2, overlap=1, evaluation_share=0.0)
    call_command("label_studio", "deploy", campaign.name)
    external = LabelStudioTask.objects.first().external_id
    answer_there(label_studio.client(), external, "unsure")

    mei = make_annotator(username="mei")
    call_command("label_studio", "recycle", campaign.name, people=json.dumps({USER: "mei"}))

    assert "2 tasks: 2 sent" in (said := capsys.readouterr().out) and "1 counted" in said
    assert Judgment.objects.get().annotator == mei
