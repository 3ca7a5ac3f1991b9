import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from annotation.actions.exchanging import start_exchange, work_on
from annotation.labelstudio.tasks import export_lines
from annotation.models import Campaign, ExchangeAction
from people.errors import UserError


class Command(BaseCommand):
    help = (
        "Exchange a campaign with Label Studio: deploy (send tasks), recycle (fetch answers), export or "
        "import (its JSON in a file). LABEL_STUDIO_URL and LABEL_STUDIO_TOKEN name the server."
    )

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["deploy", "recycle", "export", "import"])
        parser.add_argument("campaign", help="its id or its name")
        parser.add_argument("file", nargs="?", type=Path, help="of export and import")
        parser.add_argument("--people", default="{}", help='JSON: {"ann@example.org": "mei"}')
        parser.add_argument("--no-predictions", action="store_true", help="without what the model thinks")

    def handle(self, *, action, campaign, file, people, no_predictions, **options):
        try:
            found = Campaign.objects.named(campaign)
        except Campaign.DoesNotExist:
            raise CommandError(f"no campaign {campaign!r}; `manage.py campaigns` lists them") from None
        if action in {"export", "import"} and file is None:
            raise CommandError(f"{action} needs a file")
        try:
            if action == "export":
                return self.export(found, file, predictions=not no_predictions)
            return self.exchange(found, action, file, _people(people), not no_predictions)
        except (OSError, UserError) as error:
            raise CommandError(str(error)) from None

    def export(self, campaign, file, *, predictions):
        with file.open("w", encoding="utf-8") as target:
            target.writelines(export_lines(campaign, predictions=predictions))
        self.stdout.write(f"{file} holds {campaign.name}")

    def exchange(self, campaign, action, file, people, predictions):
        wanted = {"campaign": campaign, "action": action, "people": people, "predictions": predictions}
        if action == ExchangeAction.IMPORT:
            with file.open("rb") as source:
                exchange = start_exchange(**wanted, file=source)
        else:
            exchange = start_exchange(**wanted)
        # Here and now; should a worker have been quicker, it says how far it is on the page.
        done = work_on(exchange.pk)
        if done is None:
            self.stdout.write(f"a worker does it: exchange {exchange.pk}")
            return
        if done.error:
            raise CommandError(done.error)
        counts = ", ".join(f"{number} {name}" for name, number in done.counts.items())
        self.stdout.write(f"{done.done} tasks: {counts}")
        for problem in done.problems:
            self.stderr.write(f"task {problem['row']}: {problem['reason']}")


def _people(text: str) -> dict[str, str]:
    try:
        people = json.loads(text)
    except ValueError:
        people = None
    if not isinstance(people, dict) or not all(isinstance(name, str) for name in people.values()):
        raise CommandError("--people is no JSON object of e-mail address and user name")
    return people
