"""manage.py train_encoder NAME"""

import dataclasses

from django.core.management import BaseCommand, CommandError

from mining.actions.encoders import FIELDS, encoder_parameters, start_encoder_training, train_encoder
from mining.encoders.parameters import PRECISIONS, SIZES, TrainingParameters
from mining.management.commands.mine_phrases import corpus_named
from mining.management.sync import run_here, summary
from mining.models import RunKind, RunStatus
from mining.phrases.parameters import LANGUAGES
from people.errors import UserError

CHOICES = {"size": tuple(SIZES), "precision": PRECISIONS}


class Command(BaseCommand):
    help = (
        "Train a masked language model on the corpus, to prune phrases with. Works on a graphics card and, "
        "slowly, on a CPU; a background run that is killed goes on from its last checkpoint."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="what mining runs call it; each training makes a new version")
        parser.add_argument("--corpus", action="append", default=[], help="only this one; may be repeated")
        parser.add_argument("--language", choices=LANGUAGES, default="")
        parser.add_argument(
            "--text", action="append", default=[], metavar="FILE",
            help="a text file, one sentence a line, plain or .gz, instead of the corpora; may be repeated",
        )  # fmt: skip
        parser.add_argument("--background", action="store_true", help="leave it to the workers")
        for field in dataclasses.fields(TrainingParameters):
            parser.add_argument(
                "--" + field.name.replace("_", "-"), type=type(field.default), default=None,
                choices=CHOICES.get(field.name), help=f"default {field.default}",
            )  # fmt: skip

    def handle(self, *, name, corpus, language, text, background, **options):
        told = {field: options[field] for field in FIELDS}
        told |= {"name": name, "language": language, "files": text}
        told["corpora"] = [corpus_named(word) for word in corpus]
        try:
            if background:
                run = start_encoder_training(parameters=told)
                self.stdout.write(f"run {run.pk} is queued; follow it with: manage.py runs log {run.pk}")
                return
            parameters = encoder_parameters(told)
        except UserError as error:
            raise CommandError(str(error)) from None
        run = run_here(RunKind.TRAIN_ENCODER, parameters, train_encoder, out=self.stdout)
        for line in run.lines.all():
            self.stdout.write(line.text)
        self.stdout.write(summary(run))
        if run.status != RunStatus.DONE:
            raise CommandError(run.error)
