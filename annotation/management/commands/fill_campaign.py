from django.core.management.base import BaseCommand, CommandError

from annotation.actions.filling import fill_campaign
from annotation.models import Campaign


class Command(BaseCommand):
    help = "Make tasks of all candidates that a campaign has not asked about. Doing so twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="its id or its name")

    def handle(self, *, campaign, **options):
        try:
            found = Campaign.objects.named(campaign)
        except Campaign.DoesNotExist:
            raise CommandError(f"no campaign {campaign!r}; `manage.py campaigns` lists them") from None
        self.stdout.write(f"{fill_campaign(found, actor='fill_campaign')} tasks added")
