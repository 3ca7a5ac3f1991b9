"""Blind judging of runs: drawn at random, pooled, asked twice, and told apart only in the report."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from annotation.actions.campaigns import Policy, create_campaign, start_campaign
from annotation.actions.filling import fill_campaign
from annotation.models import Answer, Pool, Task
from graph.models import Concept
from mining.actions.blind_judging import BadJudging, judging_report, start_blind_judging
from mining.actions.mine_knowledge import decided_phrases
from mining.actions.runs import create_claimed
from mining.models import JudgingSample, Run, RunKind, RunPhrase, RunStatus
from tests.factories.annotation import give_and_judge
from tests.factories.people import make_admin, make_annotator, make_curator
from tests.factories.runs import make_candidate

pytestmark = pytest.mark.django_db


def make_run(*texts):
    run = create_claimed(RunKind.MINE_PHRASES, {"method": "forest", "segment": True})
    Run.objects.filter(pk=run.pk).update(status=RunStatus.DONE)
    known = {one.candidate.text: one.candidate for one in RunPhrase.objects.select_related("candidate")}
    for text in texts:
        candidate = known.get(text) or make_candidate(run, text=text, normal_form=text, score=0.123)
        RunPhrase.objects.create(run=run, candidate=candidate, score=0.123, count=3, is_new=text not in known)
    return run


@pytest.fixture
def two():
    return make_run("a", "b", "c", "d"), make_run("c", "d", "e", "f", "g")


def begin(*runs, name="ablation", **told):
    return start_blind_judging(name=name, runs=[run.pk for run in runs], language="en", **told)


def phrases(campaign):
    return sorted(task.content["phrase"] for task in campaign.tasks.all())


def test_samples_are_pooled_shuffled_and_tell_nothing_of_runs_or_scores(two):
    campaign = begin(*two)

    assert campaign.status == "running" and campaign.overlap == 2 and campaign.question == "phrase"
    assert phrases(campaign) == ["a", "b", "c", "d", "e", "f", "g"]
    assert JudgingSample.objects.filter(campaign=campaign).count() == 9
    assert set(campaign.tasks.values_list("pool", flat=True)) == {Pool.EVALUATION}
    seen = json.dumps([campaign.source, *campaign.tasks.values_list("content", flat=True)])
    assert "0.123" not in seen and "run" not in seen and "score" not in seen
    assert fill_campaign(campaign) == 0


def test_the_draw_follows_from_the_seed_and_shared_phrases_are_drawn_for_all(two):
    first, again, other = (begin(*two, name=name, sample=3, seed=seed) for name, seed in
                           (("one", 5), ("two", 5), ("three", 6)))  # fmt: skip

    assert phrases(first) == phrases(again) != phrases(other)
    samples = JudgingSample.objects.filter(campaign=first)
    drawn = [set(samples.filter(run=run).values_list("candidate__text", flat=True)) for run in two]
    assert [len(sample) for sample in drawn] == [3, 3]
    shared = {"c", "d"}
    # Of the shared ones the same come first in both; only a smaller sample may end before them.
    assert drawn[0] & shared <= drawn[1] or drawn[1] & shared <= drawn[0]


def test_what_was_turned_down_elsewhere_is_judged_all_the_same(two):
    earlier = create_campaign(name="earlier", kind="phrase", question="phrase", policy=Policy(overlap=1))
    fill_campaign(earlier)
    start_campaign(campaign=earlier)
    give_and_judge(earlier.tasks.get(content__phrase="a"), make_annotator(), Answer.REJECT)

    assert "a" in phrases(begin(*two))


def judge_all(campaign, **answers):
    """answers: phrase -> the answers of the first and the second judge."""
    judges = [make_annotator(username=name) for name in ("ann", "ben")]
    for phrase, given in answers.items():
        task = campaign.tasks.get(content__phrase=phrase)
        for judge, answer in zip(judges, given, strict=False):
            give_and_judge(task, judge, answer)


YES, NO, UNSURE = Answer.ACCEPT, Answer.REJECT, Answer.UNSURE


@pytest.fixture
def judged(two):
    campaign = begin(*two)
    judge_all(
        campaign, a=(YES, YES), b=(NO, NO), c=(YES, NO), d=(YES, UNSURE), e=(UNSURE, UNSURE), f=(NO, NO),
        g=(YES,),
    )  # fmt: skip
    return campaign


def test_the_report_counts_per_run_and_leaves_out_what_is_unsure(judged, two):
    report = judging_report(judged)

    a, b = report.runs
    assert (a.run, a.drawn, a.yes, a.no, a.unsure, a.open) == (two[0].pk, 4, 2, 1, 1, 0)
    assert (b.run, b.drawn, b.yes, b.no, b.unsure, b.open) == (two[1].pk, 5, 1, 1, 2, 1)
    assert a.precision == pytest.approx(2 / 3) and a.interval[0] < 2 / 3 < a.interval[1]
    assert (report.judged, report.phrases, report.unsure_answers) == (6, 7, 3)
    (pair,) = report.pairs
    assert (pair.first, pair.second, pair.both, pair.agreed) == ("ann", "ben", 4, 3)
    assert pair.kappa == pytest.approx(0.5) and report.alpha == pytest.approx(0.533, abs=0.001)


def test_judged_phrases_teach_nothing_and_propose_nothing(judged):
    from annotation.tasks import act_on_waiting_verdicts

    act_on_waiting_verdicts()

    assert decided_phrases() == (set(), set())
    assert not Concept.objects.filter(concept_class__name__in=("POI", "Problem")).exists()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"runs": []}, "Choose the runs"),
        ({"runs": [10**6]}, "no mining run that has ended well"),
        ({"sample": 0}, "between 1 and"),
        ({"language": "fr"}, "zh or en"),
        ({"language": "zh"}, "no phrase in this language"),
        ({"name": "taken"}, "already"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(two, told, why):
    begin(*two, name="taken")
    before = Task.objects.count()

    with pytest.raises(BadJudging, match=why):
        start_blind_judging(**{"name": "x", "runs": [run.pk for run in two], "language": "en", **told})

    assert Task.objects.count() == before and JudgingSample.objects.count() == 9


def test_pages_api_and_command_start_and_report(client, two, capsys):
    a, b = two
    client.force_login(make_admin())
    url = reverse("mining:start-judging")
    assert f"#{a.pk}" in client.get(url).text

    told = {"name": "by page", "runs": [a.pk, b.pk], "language": "en", "sample": 4, "seed": 2}
    answer = client.post(url, told)
    again = client.post(url, told)
    started = client.post("/api/v1/judgings", {**told, "name": "by api"}, "application/json")
    call_command("blind_judging", "start", "by command", "--run", str(a.pk), "--language", "en")

    campaign_id = int(answer.url.rsplit("/", 1)[-1])
    assert "already" in again.text
    assert started.status_code == 201 and started.json()["phrases"] >= 4
    assert "phrases to judge" in capsys.readouterr().out
    assert f"#{b.pk}" in client.get(answer.url).text
    report = client.get(f"/api/v1/judgings/{campaign_id}").json()
    assert [row["drawn"] for row in report["runs"]] == [4, 4] and report["pairs"] == []
    call_command("blind_judging", "report", "by page")
    assert f"run {a.pk}: –" in capsys.readouterr().out
    assert client.post(url, {**told, "name": "", "sample": "x"}).context["form"].errors.keys() >= {
        "name",
        "sample",
    }
    assert client.post("/api/v1/judgings", {"name": "x"}, "application/json").status_code == 400
    assert client.post("/api/v1/judgings", {**told, "runs": [10**6]}, "application/json").status_code == 409
    with pytest.raises(CommandError, match="no campaign"):
        call_command("blind_judging", "report", "nobody")


def test_the_report_page_of_a_judged_campaign_and_who_may_see_it(client, judged):
    url = reverse("mining:judging", args=[judged.pk])
    assert client.get(url).status_code == 302
    client.force_login(make_annotator())
    assert client.get(url).status_code == 403
    assert client.get(reverse("mining:start-judging")).status_code == 403
    client.force_login(make_curator())
    answer = client.get(url)
    assert "66.7%" in answer.text and "ann, ben" in answer.text
    assert client.get(reverse("mining:judging", args=[10**6])).status_code == 404
    assert client.get(f"/api/v1/judgings/{judged.pk}").json()["pairs"][0]["kappa"] == pytest.approx(0.5)
