from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from annotation.actions.campaigns import Policy, create_campaign, start_campaign
from annotation.actions.filling import fill_campaign

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
        parser.add_argument("--gold-share", type=float, default=DEFAULTS.gold_share)
        parser.add_argument("--evaluation-share", type=float, default=DEFAULTS.evaluation_share)
        parser.add_argument("--random-share", type=float, default=DEFAULTS.random_share)
        parser.add_argument("--retrain-every", type=int, default=DEFAULTS.retrain_every)
        parser.add_argument("--seed", type=int)
        parser.add_argument("--fill", action="store_true", help="make tasks of the candidates there are")
        parser.add_argument("--start", action="store_true", help="fill it and let annotators in")

    def handle(self, *, name, kind, question, languages, seed, fill, start, **options):
        shares = ("overlap", "gold_share", "evaluation_share", "random_share", "retrain_every")
        try:
            campaign = create_campaign(
                name=name,
                kind=kind,
                question=question,
                languages=languages,
                seed=seed,
                policy=Policy(**{share: options[share] for share in shares}),
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
