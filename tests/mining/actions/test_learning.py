import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotation.actions.campaigns import pause_campaign
from annotation.models import Answer, Pool
from mining.actions.learning import (
    NotEnoughLabels,
    TrainingUnderWay,
    make_live,
    readiness,
    start_due,
    start_training,
)
from mining.actions.runs import cancel_run
from mining.models import ModelVersion, Run, RunKind, RunStatus
from tests.factories.learning import answer_some, make_learnable, train_now
from tests.factories.people import make_curator

pytestmark = pytest.mark.django_db
TRAINING = Run.objects.filter(kind=RunKind.TRAIN)


def test_too_few_labels_say_how_many_are_missing():
    campaign = make_learnable(40)
    answer_some(campaign, 8)

    with pytest.raises(NotEnoughLabels, match="12 more verdicts are needed"):
        start_training(campaign=campaign)

    assert not TRAINING.exists()


@pytest.mark.parametrize(("answer", "words"), [(Answer.ACCEPT, "one no"), (Answer.REJECT, "one yes")])
def test_one_answer_only_says_which_is_missing(answer, words):
    campaign = make_learnable(60, evaluation_share=0.0)
    answer_some(campaign, 25, answer=answer)

    with pytest.raises(NotEnoughLabels, match=words):
        start_training(campaign=campaign)


def test_evaluation_verdicts_are_no_training_labels():
    campaign = make_learnable(80, evaluation_share=0.5)
    answer_some(campaign, 12)
    answer_some(campaign, 15, pool=Pool.EVALUATION)

    ready = readiness(campaign)

    assert (ready.training, ready.evaluation, ready.is_enough) == (12, 15, False)
    with pytest.raises(NotEnoughLabels, match="8 more"):
        start_training(campaign=campaign)


def test_a_second_click_starts_nothing():
    campaign = make_learnable(60, evaluation_share=0.0)
    answer_some(campaign, 20)

    first = start_training(campaign=campaign)

    assert start_training(campaign=campaign) == first
    assert TRAINING.count() == 1


def test_training_starts_when_enough_new_verdicts_are_in():
    campaign = make_learnable(90, evaluation_share=0.0, retrain_every=25)
    answer_some(campaign, 24)
    assert readiness(campaign).more_until_due == 1
    assert start_due() == []

    answer_some(campaign, 1)
    (run,) = start_due()

    assert run.parameters["campaign"] == campaign.pk
    assert start_due() == []


def test_the_count_begins_anew_after_each_training():
    campaign = make_learnable(90, evaluation_share=0.0, retrain_every=20)
    answer_some(campaign, 30)
    train_now(campaign)

    assert readiness(campaign).more_until_due == 20
    answer_some(campaign, 19)
    assert start_due() == []
    answer_some(campaign, 1)
    assert len(start_due()) == 1


def test_nothing_starts_by_itself_on_demand_only_or_while_paused():
    on_demand = make_learnable(40, evaluation_share=0.0, retrain_every=0)
    answer_some(on_demand, 30)
    assert readiness(on_demand).more_until_due is None
    assert start_due() == []

    paused = make_learnable(40, evaluation_share=0.0, retrain_every=20)
    answer_some(paused, 30)
    pause_campaign(campaign=paused)
    assert start_due() == []
    assert start_training(campaign=on_demand)


def test_a_failed_run_is_not_started_again_until_there_is_something_new():
    campaign = make_learnable(90, evaluation_share=0.0, retrain_every=20)
    answer_some(campaign, 20)
    (run,) = start_due()
    Run.objects.filter(pk=run.pk).update(status=RunStatus.FAILED, created_at=timezone.now())

    assert start_due() == []
    answer_some(campaign, 20)
    assert len(start_due()) == 1


def test_a_cancelled_run_waits_too():
    campaign = make_learnable(60, evaluation_share=0.0, retrain_every=20)
    answer_some(campaign, 20)
    (run,) = start_due()
    cancel_run(run=run, by=make_curator())
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() + timedelta(seconds=1))

    assert start_due() == []


def test_making_a_version_live_waits_for_the_run_under_way():
    campaign = make_learnable(90, evaluation_share=0.0)
    answer_some(campaign, 20)
    train_now(campaign)
    train_now(campaign)
    start_training(campaign=campaign)

    with pytest.raises(TrainingUnderWay, match="under way"):
        make_live(model_version=ModelVersion.objects.get(number=1), by=make_curator())

    assert ModelVersion.objects.get(is_live=True).number == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("start", [start_due, start_training], ids=["beats", "clicks"])
def test_several_at_once_start_one_run(start):
    campaign = make_learnable(60, evaluation_share=0.0, retrain_every=20)
    answer_some(campaign, 20)
    gate = threading.Barrier(4)
    errors = []

    def together():
        try:
            gate.wait()
            start() if start is start_due else start(campaign=campaign)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=together) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert TRAINING.count() == 1
