"""Over arrays the same as one by one."""

import numpy as np
import pytest

from annotation.actions.settling import judged
from annotation.consensus.opinions import opinions
from annotation.models import CLASSES, Answer, Consensus, ConsensusState
from tests.factories.annotation import make_campaign


@pytest.mark.django_db
@pytest.mark.parametrize("model_votes", [False, True])
def test_many_at_once_are_judged_like_each_alone(model_votes):
    campaign = make_campaign(size=0, consensus=Consensus.DAWID_SKENE, dispute_below=0.6)
    campaign.model_votes = model_votes
    prior = [0.5, 0.3, 0.1, 0.1]
    ConsensusState.objects.create(campaign=campaign, method="dawid_skene", prior=prior)
    drawn = np.random.default_rng(3)
    posteriors = drawn.dirichlet([0.4] * 4, size=200)
    posteriors[0] = [0, 1, 0, 0]
    scores = np.where(drawn.random(200) < 0.3, np.nan, drawn.random(200))

    found = opinions(
        posteriors,
        dispute_below=0.6,
        unsure=CLASSES.index(Answer.UNSURE),
        scores=scores if model_votes else None,
        base_rate=prior[0] / (prior[0] + prior[1] + prior[3]),
    )

    for place in range(200):
        score = None if np.isnan(scores[place]) else float(scores[place])
        alone = judged(campaign, "model", score, posteriors[place].tolist())
        assert CLASSES[found.answers[place]] == alone.answer
        assert found.is_disputed[place] == alone.is_disputed
        assert found.posteriors[place] == pytest.approx(alone.posteriors)
        people = None if np.isnan(found.people[place]) else found.people[place]
        assert people == alone.people_posterior


def test_no_tasks_have_no_opinions():
    found = opinions(np.zeros((0, 4)), dispute_below=0.7, unsure=2, scores=np.zeros(0))

    assert len(found.answers) == len(found.posteriors) == 0
