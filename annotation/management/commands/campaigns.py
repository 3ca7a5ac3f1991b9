from django.core.management.base import BaseCommand, CommandError

from annotation import statistics
from annotation.actions.campaigns import finish_campaign, pause_campaign, start_campaign
from annotation.models import Campaign
from people.errors import UserError

MOVES = {"start": start_campaign, "pause": pause_campaign, "finish": finish_campaign}


class Command(BaseCommand):
    help = "List campaigns with their progress; or start, pause or finish one."

    def add_arguments(self, parser):
        parser.add_argument("verb", nargs="?", choices=sorted(MOVES))
        parser.add_argument("campaign", nargs="?", help="its id or its name")

    def handle(self, *, verb, campaign, **options):
        if verb:
            self.move(verb, campaign)
        campaigns = list(Campaign.objects.order_by("pk"))
        figures = statistics.overview(campaigns)
        for row in campaigns:
            counts = figures.get(row.pk, {"tasks": 0, "decided": 0})
            progress = f"{counts['decided']} of {counts['tasks']} decided"
            self.stdout.write(f"{row.pk}\t{row.status}\t{row.question}\t{progress}\t{row.name}")

    def move(self, verb, name):
        try:
            MOVES[verb](campaign=Campaign.objects.named(name or ""), actor="campaigns")
        except Campaign.DoesNotExist:
            raise CommandError(f"no campaign {name!r}; without a verb they are listed") from None
        except UserError as error:
            raise CommandError(str(error)) from None
