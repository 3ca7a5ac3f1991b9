import pytest
from django.core.management import CommandError, call_command

from mining.models import Run, RunKind
from tests.factories.learning import answer_some, make_learnable

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", ["name", "pk"])
def test_a_campaign_is_trained_by_name_or_number(by, capsys):
    campaign = make_learnable(60, evaluation_share=0.0)
    answer_some(campaign, 20)

    call_command("train", str(getattr(campaign, by)))

    run = Run.objects.get(kind=RunKind.TRAIN)
    assert f"Training run {run.pk} is queued" in capsys.readouterr().out


def test_here_the_command_trains_itself_and_shows_the_log(capsys):
    campaign = make_learnable(60, evaluation_share=0.0)
    answer_some(campaign, 20)

    call_command("train", campaign.name, "--here")

    out = capsys.readouterr().out
    assert "20 labels to learn from" in out
    assert campaign.model_versions.get().is_live


def test_too_few_labels_are_one_line(capsys):
    campaign = make_learnable(4)

    with pytest.raises(CommandError, match="20 more verdicts"):
        call_command("train", campaign.name)


def test_an_unknown_campaign_is_named():
    with pytest.raises(CommandError, match="no campaign 'nobody'"):
        call_command("train", "nobody")
