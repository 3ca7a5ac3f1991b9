"""manage.py review: the queue of proposed triples without a browser."""

import uuid

from django.core.management.base import BaseCommand, CommandError

from graph.actions.curate import decide, undo
from graph.models import Status
from graph.queue import page_of, waiting_concepts, waiting_triples
from people.errors import UserError
from people.models import User


class Command(BaseCommand):
    help = "List proposed triples (or --concepts on their own), approve or reject them, undo a decision."

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--list", action="store_true", help="what waits, the surest first")
        what.add_argument("--approve", nargs="+", type=int, metavar="ID")
        what.add_argument("--approve-all", action="store_true", help="every proposal that matches --least")
        what.add_argument("--reject", nargs="+", type=int, metavar="ID")
        what.add_argument("--undo", type=uuid.UUID, metavar="BATCH")
        parser.add_argument("--concepts", action="store_true", help="concepts that no triple brings along")
        parser.add_argument("--reason", default="", help="needed to reject")
        parser.add_argument("--by", metavar="USERNAME", help="the curator who decides; needed to decide")
        parser.add_argument("--least", type=float, help="only proposals with at least this posterior")
        parser.add_argument("--limit", type=int, default=50)

    def handle(self, **options):
        try:
            self.act(options)
        except UserError as error:
            raise CommandError(str(error)) from error

    def act(self, options):
        if options["list"]:
            return self.list(options)
        by = self.curator(options["by"])
        if options["undo"]:
            undone = undo(batch=options["undo"], by=by, reason=options["reason"])
            self.stdout.write(f"undone: {undone.total} rows (batch {undone.batch})")
            return None
        status = Status.REJECTED if options["reject"] else Status.APPROVED
        for ids in self.chosen(options):
            kind = "concept_ids" if options["concepts"] else "triple_ids"
            decided = decide(**{kind: ids}, status=status, by=by, reason=options["reason"])
            more = len(decided.also_concepts) + len(decided.also_triples)
            self.stdout.write(f"{status}: {decided.total}, {more} more with them (batch {decided.batch})")
        return None

    def chosen(self, options):
        """Lists of ids; of all that match in several decisions, so that no one decision grows too large."""
        if not options["approve_all"]:
            yield options["approve"] or options["reject"]
            return
        while rows := page_of(self.waiting(options), size=500).rows:
            yield [row.pk for row in rows]

    def list(self, options):
        page = page_of(self.waiting(options), size=options["limit"])
        for row in page.rows:
            sure = "   –" if row.posterior is None else f"{row.posterior:.2f}"
            mark = " (simulated)" if row.is_simulated else ""
            self.stdout.write(f"{row.pk}\t{sure}\t{row}{mark}")
        self.stdout.write(f"{page.total} waiting")

    @staticmethod
    def waiting(options):
        find = waiting_concepts if options["concepts"] else waiting_triples
        return find({"least": options["least"]})

    @staticmethod
    def curator(username: str | None) -> User:
        user = User.objects.filter(username=username or "", is_active=True).first()
        if user is None or not user.may("curator"):
            raise CommandError("say with --by which curator decides")
        return user
