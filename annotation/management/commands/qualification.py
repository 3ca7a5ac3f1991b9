from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from annotation.actions.quality import change_quality
from annotation.models import Attempt, Campaign, Gold, GoldUse, Mode

SETTINGS = ("test_size", "test_pass", "test_attempts")


class Command(BaseCommand):
    help = (
        "Show a campaign's qualification test: its settings, how many known answers there are for it, and "
        "who took it with what result; or change its settings. `gold` adds known answers with the use test."
    )

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="its id or its name")
        parser.add_argument("--size", type=int, dest="test_size", help="questions; 0 is no test")
        parser.add_argument("--pass", type=float, dest="test_pass", help="share of right answers, 0 to 1")
        parser.add_argument("--attempts", type=int, dest="test_attempts", help="how often it may be taken")
        parser.add_argument("--why", default="", help="for the trail")

    def handle(self, *, campaign, why, **options):
        try:
            found = Campaign.objects.named(campaign)
        except Campaign.DoesNotExist:
            raise CommandError(f"no campaign {campaign!r}; `manage.py campaigns` lists them") from None
        wanted = {name: options[name] for name in SETTINGS if options[name] is not None}
        if wanted:
            self.change(found, wanted, why)
        self.show(found)

    def change(self, campaign, wanted, why):
        try:
            change_quality(campaign=campaign, reason=why, **wanted)
        except ValidationError as error:
            told = "; ".join(
                f"--{name.removeprefix('test_')}: {' '.join(words)}"
                for name, words in error.message_dict.items()
            )
            raise CommandError(told) from None

    def show(self, campaign):
        policy = campaign.quality
        there = Gold.objects.live().filter(task__campaign=campaign, use=GoldUse.TEST).count()
        if not policy.test_size:
            self.stdout.write(f"no test; {there} known answers for one")
        else:
            self.stdout.write(
                f"{policy.test_size} of {there} known answers, {policy.test_pass:.0%} right to pass, "
                f"{policy.test_attempts} attempts"
            )
            if there < policy.test_size:
                self.stderr.write(
                    f"{policy.test_size - there} more known answers are needed: nobody is let in"
                )
        taken = Attempt.objects.filter(campaign=campaign, mode=Mode.TEST).select_related("annotator")
        for attempt in taken.order_by("annotator__username", "number"):
            facts = (attempt.annotator.username, f"attempt {attempt.number}", self.result(attempt))
            self.stdout.write("\t".join(facts))

    def result(self, attempt):
        if attempt.finished_at is None:
            return "under way"
        verdict = "passed" if attempt.passed else "failed"
        return f"{verdict}, {attempt.right} of {attempt.size} right"
