from django.core.management.base import BaseCommand, CommandError

from annotation.actions.reasking import Affected, carry_out, categories_of, cost_of, plan_reask
from annotation.models import CLASSES, Campaign
from people.errors import UserError


class Command(BaseCommand):
    help = (
        "Ask anew what the newest version of a campaign's guideline affects. Tells the cost, and does it "
        "only with --yes. What is left out narrows nothing down. Called again it finds nothing more to do."
    )

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="its id or its name")
        parser.add_argument("--answer", action="append", default=[], choices=[str(one) for one in CLASSES])
        parser.add_argument("--category", action="append", default=[], help="by name or id; may be repeated")
        parser.add_argument("--word", action="append", default=[], help="a whole word; may be repeated")
        parser.add_argument("--only-disputed", action="store_true")
        parser.add_argument("--less-sure-than", type=float, help="of the verdict, 0 to 1")
        parser.add_argument("--why", default="")
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, *, campaign, yes, why, **wanted):
        try:
            found = Campaign.objects.named(campaign)
        except Campaign.DoesNotExist:
            raise CommandError(f"no campaign {campaign!r}; `manage.py campaigns` lists them") from None
        affected = Affected(
            answers=wanted["answer"],
            categories=[self.category(found, name) for name in wanted["category"]],
            only_disputed=wanted["only_disputed"],
            less_sure_than=wanted["less_sure_than"],
            words=wanted["word"],
        )
        cost = cost_of(found.guideline, affected)
        self.stdout.write(
            f"{cost.tasks} tasks: {cost.verdicts} verdicts fall, {cost.set_aside} answers are set aside, "
            f"at least {cost.answers} are asked for"
        )
        if not yes:
            return
        try:
            reask = plan_reask(guideline=found.guideline, affected=affected, by=None, why=why)
        except UserError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{carry_out(reask)} tasks are asked anew")

    def category(self, campaign, name):
        for language in ("en", "zh"):
            for number, called in categories_of(campaign, language):
                if name in (number, called):
                    return number
        raise CommandError(f"no task of the campaign has the category {name!r}")
