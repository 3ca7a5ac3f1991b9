"""manage.py blind_judging start|report"""

from django.core.management.base import BaseCommand, CommandError

from mining.actions.blind_judging import SAMPLE, judging_report, start_blind_judging
from mining.management.commands.train import find_campaign
from mining.models import JudgingSample
from mining.phrases.parameters import LANGUAGES
from people.errors import UserError


class Command(BaseCommand):
    help = "Judge random phrases of several mining runs blindly, and report each run's precision."

    def add_arguments(self, parser):
        commands = parser.add_subparsers(dest="command", required=True)
        start = commands.add_parser("start", help="draw, pool and shuffle, and ask two people each")
        start.add_argument("name", help="of the campaign")
        start.add_argument("--run", type=int, action="append", required=True, dest="runs")
        start.add_argument("--language", choices=LANGUAGES, required=True)
        start.add_argument(
            "--sample", type=int, default=SAMPLE, help=f"phrases of each run, default {SAMPLE}"
        )
        start.add_argument("--seed", type=int, default=1)
        report = commands.add_parser("report", help="precision per run and agreement, so far")
        report.add_argument("campaign", help="name or number")

    def handle(self, *, command, **options):
        if command == "start":
            wanted = {name: options[name] for name in ("name", "runs", "language", "sample", "seed")}
            try:
                campaign = start_blind_judging(**wanted)
            except UserError as error:
                raise CommandError(str(error)) from None
            self.stdout.write(f"campaign {campaign.pk}: {campaign.tasks.count():,} phrases to judge")
            return
        campaign = find_campaign(options["campaign"])
        if not JudgingSample.objects.filter(campaign=campaign).exists():
            raise CommandError(f"“{campaign}” judges no mining runs.")
        found = judging_report(campaign)
        for row in found.runs:
            share = "–" if row.precision is None else f"{100 * row.precision:.1f} %"
            low, high = row.interval or (0, 1)
            self.stdout.write(
                f"run {row.run}: {share} ({100 * low:.1f}–{100 * high:.1f}), {row.yes} yes, {row.no} no, "
                f"{row.unsure} unsure, {row.open} open of {row.drawn}"
            )
        for pair in found.pairs:
            kappa = "–" if pair.kappa is None else f"{pair.kappa:.2f}"
            self.stdout.write(
                f"{pair.first} and {pair.second}: kappa {kappa}, {pair.agreed} of {pair.both} the same"
            )
        alpha = "–" if found.alpha is None else f"{found.alpha:.2f}"
        self.stdout.write(f"alpha {alpha}, {found.unsure_answers} answers unsure and left out")
