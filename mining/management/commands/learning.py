"""manage.py learning CAMPAIGN"""

from django.core.management.base import BaseCommand, CommandError

from mining.actions import learning, learning_figures
from mining.management.commands.train import find_campaign
from mining.models import ModelVersion
from people.errors import UserError


class Command(BaseCommand):
    help = "Show the model versions of a campaign and how good each is; with --make-live go back to one."

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="name or number of the campaign")
        parser.add_argument("--make-live", type=int, metavar="NUMBER", help="let this version rank the queue")

    def handle(self, *, campaign, make_live, **options):
        campaign = find_campaign(campaign)
        if make_live is not None:
            self._make_live(campaign, make_live)
            return
        ready = learning.readiness(campaign)
        self.stdout.write(
            f"{ready.training} training labels ({ready.positives} yes, {ready.negatives} no), "
            f"{ready.evaluation} evaluation labels. {ready.why_not}".strip()
        )
        for version in reversed(learning_figures.versions(campaign)):
            self.stdout.write(_line(version))

    def _make_live(self, campaign, number):
        version = ModelVersion.objects.filter(campaign=campaign, number=number).first()
        if version is None:
            raise CommandError(f"{campaign} has no model {number}.")
        try:
            run = learning.make_live(model_version=version)
        except UserError as error:
            raise CommandError(str(error)) from None
        said = f"run {run.pk} rescores with it" if run else "it was already"
        self.stdout.write(f"Model {number} is live; {said}.")


def _line(version) -> str:
    measured = [
        f"{name.replace('_', ' ')} {value[0]:.3f} ({value[1]:.3f} to {value[2]:.3f})"
        for name in ("average_precision", "f1", "accuracy")
        if (value := (version.metrics or {}).get(name)) and value[1] is not None
    ]
    words = [
        f"model {version.number}",
        f"{version.label_set.training} labels",
        *(measured or ["not measured"]),
    ]
    return ", ".join(words) + ("  [live]" if version.is_live else "")
