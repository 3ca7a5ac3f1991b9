from dataclasses import fields
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from annotation import forecast
from annotation.actions.campaigns import Policy, check_question, create_campaign, start_campaign
from annotation.actions.filling import fill_campaign
from annotation.models import Consensus, Priority
from annotation.templatetags.figures import span

DEFAULTS = Policy()


class Command(BaseCommand):
    help = "Make a campaign: one question about candidates of one kind."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--kind", default="phrase")
        parser.add_argument(
            "--question", required=True, help="one of the kind's questions, such as poi or problem"
        )
        parser.add_argument("--languages", nargs="+", default=["en", "zh"], choices=["en", "zh"])
        parser.add_argument("--overlap", type=int, default=DEFAULTS.overlap, help="answers per task")
        parser.add_argument("--consensus", choices=Consensus.values, default=DEFAULTS.consensus)
        parser.add_argument(
            "--stop-at",
            type=float,
            help="adaptive overlap: ask one more at a time until the likeliest answer is so probable",
        )
        parser.add_argument("--least-overlap", type=int, default=DEFAULTS.least_overlap)
        parser.add_argument("--trusted-alone", action="store_true", help="one proven annotator is enough")
        parser.add_argument("--trust-at", type=float, default=DEFAULTS.trust_at)
        parser.add_argument("--dispute-below", type=float, default=DEFAULTS.dispute_below)
        parser.add_argument("--model-votes", action="store_true", help="the model's score joins as a vote")
        parser.add_argument("--priority", choices=Priority.values, default=DEFAULTS.priority)
        parser.add_argument("--breadth-first", action="store_true", help="everything once, then again")
        parser.add_argument("--gold-share", type=float, default=DEFAULTS.gold_share)
        parser.add_argument("--evaluation-share", type=float, default=DEFAULTS.evaluation_share)
        parser.add_argument("--random-share", type=float, default=DEFAULTS.random_share)
        parser.add_argument("--retrain-every", type=int, default=DEFAULTS.retrain_every)
        parser.add_argument("--price-per-answer", type=Decimal, default=DEFAULTS.price_per_answer)
        parser.add_argument("--currency", default=DEFAULTS.currency, help="three letters")
        parser.add_argument("--seed", type=int)
        parser.add_argument("--estimate", action="store_true", help="only say what it would take")
        parser.add_argument("--fill", action="store_true", help="make tasks of the candidates there are")
        parser.add_argument("--start", action="store_true", help="fill it and let annotators in")

    def handle(self, *, name, kind, question, languages, seed, fill, start, **options):
        policy = {field.name: options[field.name] for field in fields(Policy) if field.name in options}
        if options.get("estimate"):
            self.say(kind, question, languages, Policy(**policy))
            return
        try:
            campaign = create_campaign(
                name=name,
                kind=kind,
                question=question,
                languages=languages,
                seed=seed,
                policy=Policy(**policy),
                actor="create_campaign",
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(f"campaign {campaign.pk}: {campaign.name}")
        if fill or start:
            self.stdout.write(f"{fill_campaign(campaign, actor='create_campaign')} tasks added")
        if start:
            start_campaign(campaign=campaign, actor="create_campaign")
            self.stdout.write("running")

    def say(self, kind, question, languages, policy):
        try:
            check_question(kind, question)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        found = forecast.estimate(kind=kind, question=question, languages=languages, policy=policy)
        self.stdout.write(f"tasks    {found.candidates.total:,}{'+' if found.candidates.is_more else ''}")
        self.stdout.write(f"answers  {span(found.answers)}")
        self.stdout.write(f"hours    {span(found.hours)}")
        if found.cost:
            self.stdout.write(f"cost     {span(found.cost)} {found.currency}")
        for assumption in found.assumptions:
            self.stdout.write(f"- {assumption}")
