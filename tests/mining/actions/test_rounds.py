from itertools import pairwise

import pytest
from django.conf import settings
from django.utils import timezone

from annotation.actions.gold import add_gold
from annotation.models import Answer, ChosenBy, Pool, Priority, Task, Verdict
from mining.actions import rounds
from mining.actions.learning import make_live, start_training
from mining.actions.rounds import run_round
from mining.actions.runs import SILENT_AFTER, claim, work_on
from mining.actions.runs_progress import Progress
from mining.models import Evaluation, LabelSet, LabelSetItem, ModelVersion, Run, RunStatus, Split
from people.models import Change
from tests.factories.annotation import give_and_judge as judge
from tests.factories.learning import (
    answer_some,
    answer_tasks,
    is_good,
    make_category,
    make_learnable,
    make_phrase,
    train_now,
)
from tests.factories.people import make_annotator, make_curator

pytestmark = pytest.mark.django_db


def learnable(size=80, *, judged=30, measured=10, **policy):
    campaign = make_learnable(size, **{"evaluation_share": 0.3, **policy})
    answer_some(campaign, judged)
    answer_some(campaign, measured, pool=Pool.EVALUATION)
    return campaign


def served_next(campaign, size):
    return list(campaign.tasks.open().order_by("rank", "pk")[:size])


def test_a_round_trains_measures_scores_and_asks():
    campaign = learnable()

    run = train_now(campaign)

    assert (run.status, run.error) == (RunStatus.DONE, "")
    version = campaign.model_versions.get()
    assert (version.number, version.is_live, version.run) == (1, True, run)
    assert (version.label_set.training, version.label_set.evaluation) == (30, 10)
    evaluation = version.evaluations.get()
    assert evaluation.label_set == version.label_set
    assert evaluation.metrics["size"] == 10
    value, low, high = evaluation.metrics["average_precision"]
    assert 0.9 < value <= 1 and low <= value <= high
    assert {stage["name"] for stage in run.stages} == {
        "Freezing labels", "Training", "Measuring", "Scoring", "Choosing what to ask",
    }  # fmt: skip
    assert (run.counts["training_labels"], run.counts["model_version"]) == (30, 1)
    assert any("30 labels to learn from" in line.text for line in run.lines.all())
    assert Change.objects.filter(action="train", entity_id=campaign.pk).count() == 1


def test_every_task_without_a_verdict_is_scored_and_the_model_has_learnt():
    campaign = learnable()

    train_now(campaign)

    version = campaign.model_versions.get()
    remaining = campaign.tasks.unjudged()
    assert remaining.count() == 40
    assert all(task.scored_by == version.pk for task in remaining)
    assert all((task.score > 0.5) == is_good(task) for task in remaining)
    assert not Task.objects.filter(verdicts__isnull=False, score__isnull=False).exists()


def test_what_the_model_doubts_comes_first_with_the_random_share_and_evaluation_between():
    campaign = learnable(120, random_share=0.25, evaluation_share=0.2, measured=5)
    train_now(campaign)

    first = served_next(campaign, 24)

    chosen = [task for task in first if task.pool == Pool.MODEL]
    by_doubt = [task for task in chosen if task.chosen_by == ChosenBy.UNCERTAINTY]
    assert {task.pool for task in first} == {Pool.MODEL, Pool.EVALUATION}
    assert len(chosen) - len(by_doubt) in range(len(chosen) // 4 - 1, len(chosen) // 4 + 2)
    doubts = [abs(task.score - 0.5) for task in by_doubt]
    assert doubts == sorted(doubts)


@pytest.mark.parametrize("priority", Priority.values)
def test_each_priority_asks_what_it_says_beside_the_random_share(priority):
    campaign = learnable(120, priority=priority, random_share=0.25, evaluation_share=0.1, measured=5)
    train_now(campaign)

    asked = [task for task in served_next(campaign, 40) if task.pool == Pool.MODEL]
    rest = list(campaign.tasks.open().filter(pool=Pool.MODEL).exclude(pk__in=[task.pk for task in asked]))

    assert rest
    wanted = [task for task in asked if task.chosen_by != ChosenBy.RANDOM]
    drawn = [task for task in asked if task.chosen_by == ChosenBy.RANDOM]
    if priority == Priority.RANDOM:
        assert not wanted
        return
    assert abs(len(drawn) - 0.25 * len(asked)) <= 1
    if priority == Priority.LIKELY:
        assert {task.chosen_by for task in wanted} == {ChosenBy.LIKELIHOOD}
        assert [task.score for task in wanted] == sorted((task.score for task in wanted), reverse=True)
        assert min(task.score for task in wanted) >= max(task.score for task in rest)
    else:
        doubt = [abs(task.score - 0.5) for task in wanted]
        assert {task.chosen_by for task in wanted} == {ChosenBy.UNCERTAINTY}
        assert doubt == sorted(doubt)
        assert max(doubt) <= min(abs(task.score - 0.5) for task in rest)


def test_promise_7_evaluation_labels_never_train():
    campaign = learnable()

    train_now(campaign)

    label_set = campaign.label_sets.get()
    training = label_set.items.filter(split=Split.TRAINING)
    assert set(training.values_list("task__pool", flat=True)) == {Pool.MODEL}
    measured = label_set.items.filter(split=Split.EVALUATION)
    assert set(measured.values_list("task__pool", flat=True)) == {Pool.EVALUATION}


def test_promise_7_a_new_revision_of_an_evaluation_candidate_cannot_leak_into_training():
    campaign = learnable()
    measured = campaign.tasks.filter(pool=Pool.EVALUATION, verdicts__isnull=False).first()
    leak = Task.objects.create(
        campaign=campaign, candidate_id=measured.candidate_id, revision=1, language="zh",
        content=measured.content, seats_free=1, seats_granted=1, rank=0.0, pool=Pool.MODEL,
    )  # fmt: skip
    answer_tasks([leak])

    train_now(campaign)

    assert campaign.label_sets.get().training == 30
    assert not LabelSetItem.objects.filter(task=leak).exists()


def test_promise_7_selection_leaves_the_evaluation_sample_in_its_own_order():
    campaign = learnable(120, evaluation_share=0.4, measured=6)
    sample = campaign.tasks.filter(pool=Pool.EVALUATION)
    before = list(sample.open().order_by("rank", "pk").values_list("pk", flat=True))

    train_now(campaign)

    assert list(sample.open().order_by("rank", "pk").values_list("pk", flat=True)) == before
    assert set(sample.values_list("chosen_by", flat=True)) == {ChosenBy.RANDOM}


def test_gold_unsure_and_withdrawn_answers_are_no_labels():
    campaign = learnable(judged=24)
    gold, unsure, undone = campaign.tasks.unjudged().filter(pool=Pool.MODEL).order_by("pk")[:3]
    add_gold(task=gold, answer=Answer.ACCEPT, reason="known")
    judge(gold, make_annotator(), Answer.ACCEPT)
    judge(unsure, make_annotator(), Answer.UNSURE)
    judge(undone, make_annotator(), Answer.ACCEPT)
    Verdict.objects.filter(task=undone).update(withdrawn_at="2026-01-01T00:00Z")

    train_now(campaign)

    label_set = campaign.label_sets.get()
    assert label_set.training == 24
    assert not label_set.items.filter(task__in=[gold, unsure, undone]).exists()


def test_a_bad_candidate_is_no_yes_and_keeps_its_class_and_reason():
    campaign = learnable(judged=24)
    cut_off = campaign.tasks.unjudged().filter(pool=Pool.MODEL).order_by("pk").first()
    judge(cut_off, make_annotator(), Answer.BAD, reason="wrong_boundary")

    train_now(campaign)

    item = campaign.label_sets.get().items.get(task=cut_off)
    assert not item.is_positive
    assert (item.verdict.answer, item.verdict.reason) == (Answer.BAD, "wrong_boundary")


def test_every_version_is_measured_again_on_the_newest_labels():
    campaign = learnable(judged=20, measured=5)
    train_now(campaign)
    answer_some(campaign, 10)
    answer_some(campaign, 5, pool=Pool.EVALUATION)

    train_now(campaign)

    first, second = campaign.model_versions.order_by("number")
    newest = second.label_set
    assert newest.pk != first.label_set_id
    assert set(Evaluation.objects.filter(label_set=newest).values_list("model_version", flat=True)) == {
        first.pk, second.pk,
    }  # fmt: skip
    assert {one.metrics["size"] for one in newest.evaluations.all()} == {10}
    assert list(campaign.model_versions.filter(is_live=True)) == [second]


def test_an_altered_artefact_is_not_measured_and_the_log_says_so():
    campaign = learnable()
    train_now(campaign)
    first = campaign.model_versions.get()
    (settings.VAR_DIR / first.path).write_bytes(b"something else")
    answer_some(campaign, 5)

    run = train_now(campaign)

    assert run.status == RunStatus.DONE
    assert not Evaluation.objects.filter(model_version=first, label_set__run=run).exists()
    assert run.lines.filter(level="warning", text__contains="differs from what was trained").exists()


def test_without_evaluation_verdicts_a_model_is_trained_but_not_measured():
    campaign = learnable(measured=0)

    run = train_now(campaign)

    assert run.status == RunStatus.DONE
    assert not Evaluation.objects.exists()
    assert run.lines.filter(level="warning", text__contains="cannot be measured").exists()


class Killed(BaseException):
    """What a killed worker looks like from inside: nothing after it runs."""


def killed_attempt(run):
    """A worker that takes the run, dies in it, and is found silent."""
    claimed = claim(run.pk)
    with pytest.raises(Killed):
        run_round(claimed, Progress(claimed))
    Run.objects.filter(pk=run.pk).update(beat_at=timezone.now() - 2 * SILENT_AFTER)


STAGES = ["freeze", "train", "evaluate", "score", "select"]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_round_killed_in_any_stage_ends_with_one_version_when_taken_up_again(monkeypatch, stage, when):
    campaign = learnable()
    run = start_training(campaign=campaign)
    whole = getattr(rounds, stage)

    def killed(*arguments):
        if when == "after":
            whole(*arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(rounds, stage, killed)
        killed_attempt(run)
    # Labels that come in between belong to the next round.
    answer_some(campaign, 3)

    run = work_on(run.pk, run_round)

    assert (run.status, run.attempt) == (RunStatus.DONE, 2)
    version = ModelVersion.objects.get()
    assert (version.is_live, version.number) == (True, 1)
    assert LabelSet.objects.get().training == (33 if (stage, when) == ("freeze", "before") else 30)
    assert Evaluation.objects.count() == 1
    assert not campaign.tasks.unjudged().exclude(scored_by=version.pk).exists()
    assert ChosenBy.UNCERTAINTY in {task.chosen_by for task in served_next(campaign, 10)}


def test_scoring_goes_on_where_it_was_killed(monkeypatch):
    monkeypatch.setattr(rounds, "BATCH", 10)
    campaign = learnable()
    run = start_training(campaign=campaign)
    written = []
    whole = rounds.write_scores

    def killed(campaign, version_id, rows):
        written.extend(whole(campaign, version_id, [row]) for row, _ in zip(rows, range(25), strict=False))
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(rounds, "write_scores", killed)
        killed_attempt(run)

    run = work_on(run.pk, run_round)

    assert sum(written) == 25
    assert run.counts["tasks_scored"] == 40 - 25


def test_delivered_twice_the_run_is_worked_on_once():
    campaign = learnable()
    run = start_training(campaign=campaign)

    assert work_on(run.pk, run_round).status == RunStatus.DONE
    assert work_on(run.pk, run_round) is None
    assert ModelVersion.objects.count() == 1


def test_two_rounds_on_the_same_labels_give_the_same_model():
    campaign = learnable()
    train_now(campaign)
    train_now(campaign)

    first, second = campaign.model_versions.order_by("number")

    assert first.path != second.path
    assert first.digest == second.digest
    assert first.evaluations.latest("pk").metrics == second.evaluations.latest("pk").metrics


def test_no_two_phrases_of_a_batch_are_nearly_the_same():
    campaign = learnable(30, judged=20, measured=0, evaluation_share=0.0)
    cream, other = make_category(), make_category("mask", en="Mask", zh="面膜")
    for category in (cream, other):
        make_phrase("不油腻", category=category)
    make_phrase("不 油腻", category=make_category("toner", en="Toner", zh="爽肤水"))
    from annotation.actions.filling import fill_campaign

    fill_campaign(campaign)

    run = train_now(campaign)

    assert run.counts["tasks_scored"] == 13
    assert run.counts["asked_next"] == 11


def test_a_version_made_live_again_ranks_the_queue():
    campaign = learnable()
    train_now(campaign)
    answer_some(campaign, 10)
    train_now(campaign)
    first, _second = campaign.model_versions.order_by("number")
    curator = make_curator()

    run = make_live(model_version=first, by=curator)
    work_on(run.pk, run_round)

    assert list(campaign.model_versions.filter(is_live=True)) == [first]
    assert not campaign.tasks.unjudged().exclude(scored_by=first.pk).exists()
    assert ModelVersion.objects.count() == 2
    change = Change.objects.get(action="make live")
    assert (change.by, change.before, change.after) == (curator, {"model": 2}, {"model": 1})
    assert Run.objects.get(pk=run.pk).status == RunStatus.DONE
    assert make_live(model_version=first, by=curator) is None


def test_scores_are_written_in_key_order_over_batches(monkeypatch):
    monkeypatch.setattr(rounds, "BATCH", 7)
    campaign = learnable()

    run = train_now(campaign)

    scored = list(campaign.tasks.unjudged().order_by("pk").values_list("pk", flat=True))
    assert run.counts["tasks_scored"] == len(scored)
    assert all(one < following for one, following in pairwise(scored))
