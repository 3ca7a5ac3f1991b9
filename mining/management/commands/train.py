"""manage.py train CAMPAIGN"""

from django.core.management.base import BaseCommand, CommandError

from annotation.models import Campaign
from mining.actions.learning import start_training
from mining.actions.runs import work_on
from mining.classifiers.base import CLASSIFIERS, DEFAULT
from mining.models import RunStatus
from people.errors import UserError


class Command(BaseCommand):
    help = "Train a new model version of a campaign, score its tasks with it and choose what to ask next."

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="name or number of the campaign")
        parser.add_argument("--classifier", choices=sorted(CLASSIFIERS), default=DEFAULT)
        parser.add_argument(
            "--here", action="store_true", help="do the work in this process instead of a worker"
        )

    def handle(self, *, campaign, classifier, here, **options):
        try:
            run = start_training(campaign=find_campaign(campaign), classifier=classifier)
        except UserError as error:
            raise CommandError(str(error)) from None
        if not here:
            self.stdout.write(f"Training run {run.pk} is {run.status}.")
            return
        from mining.actions.rounds import run_round

        worked = work_on(run.pk, run_round)
        if worked is None:
            self.stdout.write(f"A worker has taken run {run.pk} already.")
            return
        for line in worked.lines.all():
            self.stdout.write(line.text)
        if worked.status != RunStatus.DONE:
            raise CommandError(f"Run {worked.pk} ended as {worked.status}.")


def find_campaign(name: str) -> Campaign:
    found = Campaign.objects.filter(name=name).first()
    if found is None and name.isdecimal():
        found = Campaign.objects.filter(pk=int(name)).first()
    if found is None:
        raise CommandError(f"There is no campaign {name!r}.")
    return found
