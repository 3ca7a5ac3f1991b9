"""manage.py train CAMPAIGN"""

from django.core.management.base import BaseCommand, CommandError

from annotation.models import Campaign
from mining.actions.learning import start_training
from mining.classifiers.base import CLASSIFIERS, DEFAULT
from people.errors import UserError


class Command(BaseCommand):
    help = "Train a new model version of a campaign, score its tasks with it and choose what to ask next."

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="name or number of the campaign")
        parser.add_argument("--classifier", choices=sorted(CLASSIFIERS), default=DEFAULT)

    def handle(self, *, campaign, classifier, **options):
        try:
            run = start_training(campaign=find_campaign(campaign), classifier=classifier)
        except UserError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Training run {run.pk} is {run.get_status_display().lower()}.")


def find_campaign(name: str) -> Campaign:
    found = Campaign.objects.filter(name=name).first()
    if found is None and name.isdecimal():
        found = Campaign.objects.filter(pk=int(name)).first()
    if found is None:
        raise CommandError(f"There is no campaign {name!r}.")
    return found
