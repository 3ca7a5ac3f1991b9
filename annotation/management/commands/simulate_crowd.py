from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from annotation.models import Campaign
from annotation.simulation.answer_key import AnswerKey, BadAnswerKey
from annotation.simulation.crowd import simulate
from annotation.simulation.people import seated
from annotation.simulation.profiles import PROFILES, crowd
from kgclient import ClientError

USUAL = ("careful", "careful", "careless", "careful", "careful", "spamming")


class Command(BaseCommand):
    help = (
        "Let a simulated crowd answer a running campaign over HTTP. Its users and answers are marked as "
        "simulated. Start the server first; this command needs its database too."
    )

    def add_arguments(self, parser):
        parser.add_argument("--campaign", required=True, help="its id or its name")
        parser.add_argument(
            "--annotators", type=int, help="how many people; 6 unless --profiles says otherwise"
        )
        parser.add_argument("--profiles", help="such as careful=4,careless=1,spamming=1")
        parser.add_argument("--url", help="the running server; the one of `make run` unless given")
        parser.add_argument(
            "--until", default="done", help="done (nothing is left), or a number of judgments"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--pace", type=float, default=0.0, help="1 is as slow as people, 0 as fast as it goes"
        )
        parser.add_argument(
            "--answer-key", nargs="+", type=Path, help="CSV files; those of demo/ unless given"
        )

    def handle(self, *, campaign, annotators, profiles, url, until, seed, pace, answer_key, **options):
        most = None if until == "done" else _number(until)
        try:
            found = Campaign.objects.named(campaign)
            truth = AnswerKey.read(
                answer_key or sorted((settings.BASE_DIR / "demo").glob("answer_key_*.csv"))
            )
        except Campaign.DoesNotExist:
            raise CommandError(f"no campaign {campaign!r}; `manage.py campaigns` lists them") from None
        except (BadAnswerKey, OSError) as error:
            raise CommandError(str(error)) from None
        people = crowd(_shares(profiles, annotators))
        try:
            with seated(people) as seats:
                summary = simulate(
                    url=url or _running(),
                    campaign=found.pk,
                    annotators=seats,
                    truth=truth,
                    most=most,
                    seed=seed,
                    pace=pace,
                )
        except ClientError as error:
            raise CommandError(str(error)) from None
        self.say(summary)

    def say(self, summary):
        self.stdout.write(
            f"{summary.judgments} judgments in {summary.seconds:.1f} s ({summary.per_second:.0f} a second)"
        )
        answers = ", ".join(f"{answer} {count}" for answer, count in sorted(summary.answers.items()))
        self.stdout.write(f"answers: {answers or 'none'}")
        if summary.sided:
            self.stdout.write(
                f"right: {summary.right / summary.sided:.0%} of {summary.sided} that took a side"
            )
        for name, count in sorted(summary.by_annotator.items()):
            self.stdout.write(f"  {name}: {count}")
        if summary.refused:
            self.stderr.write(f"{len(summary.refused)} refused, the first: {summary.refused[0]}")
        if not summary.judgments:
            self.stdout.write(
                "Nothing was left to answer. Is the campaign running, and are there tasks in it?"
            )


def _running() -> str:
    """Where the server of this var folder said that it is; PORT where it never ran."""
    try:
        return (settings.VAR_DIR / "address").read_text(encoding="utf-8")
    except OSError:
        return f"http://127.0.0.1:{settings.PORT}"


def _number(until: str) -> int:
    if not until.isdecimal():
        raise CommandError(f"--until is {until!r}; it must be done or a number")
    return int(until)


def _shares(profiles: str | None, annotators: int | None) -> dict[str, int]:
    if profiles is None:
        people = [USUAL[place % len(USUAL)] for place in range(annotators or len(USUAL))]
        return {name: people.count(name) for name in PROFILES if name in people}
    shares = {}
    for part in profiles.split(","):
        name, _equals, number = part.strip().partition("=")
        if name not in PROFILES or not number.isdecimal():
            raise CommandError(
                f"{part.strip()!r} is not a profile; write such as careful=4,careless=1,spamming=1"
            )
        shares[name] = int(number)
    if annotators not in (None, sum(shares.values())):
        raise CommandError(f"--profiles name {sum(shares.values())} people, --annotators {annotators}")
    if not any(shares.values()):
        raise CommandError("the crowd is empty")
    return shares
