import csv

from django.core.management.base import BaseCommand, CommandError

from annotation import known
from annotation.actions.gold import add_gold
from annotation.models import Campaign, GoldUse
from people.errors import UserError

COLUMNS = ("task", "answer", "why", "use")


class Command(BaseCommand):
    help = (
        "List the known answers of a campaign; or read some from a CSV file with the columns task (id), "
        "answer, why, use (measure, test or training). Reading the same file twice changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("campaign", help="its id or its name")
        parser.add_argument("--add", metavar="FILE", help="CSV file of known answers")
        parser.add_argument("--show", default="", choices=sorted(known.FILTERS))

    def handle(self, *, campaign, add, show, **options):
        try:
            found = Campaign.objects.named(campaign)
        except Campaign.DoesNotExist:
            raise CommandError(f"no campaign {campaign!r}; `manage.py campaigns` lists them") from None
        if add:
            self.add(found, add)
        for gold in known.listed(found, show).order_by("pk"):
            accuracy = "–" if gold.accuracy is None else f"{gold.accuracy:.0%}"
            shown = getattr(gold, "shown", 0)
            facts = (gold.pk, gold.answer, gold.use, gold.status, f"shown {shown}", f"right {accuracy}")
            self.stdout.write("\t".join(map(str, facts)))

    def add(self, campaign, path):
        added, refused = 0, 0
        with open(path, encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                try:
                    self.add_row(campaign, row)
                    added += 1
                except UserError as error:
                    refused += 1
                    self.stderr.write(f"{path}, row {number}: {error}")
        self.stdout.write(f"{added} known answers, {refused} rows refused")

    def add_row(self, campaign, row):
        wanted = {name: (row.get(name) or "").strip() for name in COLUMNS}
        task = campaign.tasks.filter(pk=wanted["task"] if wanted["task"].isdecimal() else 0).first()
        if task is None:
            raise UserError(f"the campaign has no task {wanted['task']!r}")
        use = wanted["use"] or GoldUse.MEASURE
        if use not in GoldUse.values:
            raise UserError(f"no use {use!r}; there are: {', '.join(GoldUse.values)}")
        add_gold(task=task, answer=wanted["answer"], reason=wanted["why"], use=use, actor="gold")
