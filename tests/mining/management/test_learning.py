import pytest
from django.core.management import CommandError, call_command

from annotation.models import Pool
from tests.factories.learning import answer_some, make_learnable, train_now

pytestmark = pytest.mark.django_db


def trained_twice():
    campaign = make_learnable(80, evaluation_share=0.3)
    answer_some(campaign, 24)
    answer_some(campaign, 8, pool=Pool.EVALUATION)
    train_now(campaign)
    train_now(campaign)
    return campaign


def test_it_lists_the_versions_and_what_they_are_worth(capsys):
    campaign = trained_twice()

    call_command("learning", campaign.name)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("24 training labels")
    assert lines[1].startswith("model 1, 24 labels, average precision")
    assert lines[2].endswith("[live]")


def test_an_earlier_version_is_made_live(capsys):
    campaign = trained_twice()

    call_command("learning", str(campaign.pk), "--make-live", "1")

    assert "Model 1 is live; run" in capsys.readouterr().out
    assert campaign.model_versions.get(is_live=True).number == 1
    with pytest.raises(CommandError, match="under way"):
        call_command("learning", campaign.name, "--make-live", "2")


def test_a_version_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="has no model 9"):
        call_command("learning", make_learnable(2).name, "--make-live", "9")
