from django.core.management.base import BaseCommand, CommandError

from annotation.models import Campaign
from people.models import User


class Command(BaseCommand):
    help = "Look at all judgments of a campaign anew: agreement, habits of its annotators, who copies."

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="its id or its name")

    def handle(self, *, campaign, **options):
        from annotation.actions.reporting import report  # numpy is for workers and commands

        try:
            found = Campaign.objects.named(campaign)
        except Campaign.DoesNotExist:
            raise CommandError(f"no campaign {campaign!r}; `manage.py campaigns` lists them") from None
        written = report(found)
        for one in written.agreement:
            scope = f"{one['scope']} {one.get('version', '')}".strip()
            alpha = "–" if one.get("alpha") is None else f"{one['alpha']:.3f}"
            self.stdout.write(f"agreement\t{scope}\talpha {alpha}")
        for person in found.participations.exclude(habits={}).select_related("annotator").order_by("pk"):
            habits = person.habits
            facts = (
                f"{habits['answers']} answers",
                f"{habits['gold_right']} of {habits['gold']} known right",
            )
            self.stdout.write("\t".join((person.annotator.username, *facts, f"{habits['seconds']:.1f} s")))
        for ring in written.rings:
            names = User.objects.filter(pk__in=ring).order_by("pk").values_list("username", flat=True)
            self.stdout.write(f"alike\t{', '.join(names)}")
