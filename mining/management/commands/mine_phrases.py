"""`manage.py mine_phrases`"""

from django.core.management import BaseCommand, CommandError

from mining.actions.imports_categories import find_categories
from mining.actions.mine import METHOD, SETTABLE, SWITCHES, mine_phrases, mining_parameters, start_mining
from mining.actions.mine_pruning import DEFAULTS, MLM_WAYS, PRESETS
from mining.management.sync import run_here, summary
from mining.models import Corpus, RunKind, RunStatus
from mining.phrases.parameters import LANGUAGES, METHODS, Parameters
from people.errors import UserError


class Command(BaseCommand):
    help = "Mine phrases of the imported documents. The same input gives the same candidates."

    def add_arguments(self, parser):
        parser.add_argument("--corpus", action="append", default=[], help="only this one; may be repeated")
        parser.add_argument("--category", action="append", default=[], help="only this one, by id or label")
        parser.add_argument("--language", choices=LANGUAGES, default="")
        parser.add_argument("--categories-per-phrase", type=int, default=None)
        parser.add_argument("--background", action="store_true", help="leave it to the workers")
        parser.add_argument("--method", choices=METHODS, default=None, help=f"default {METHOD}")
        parser.add_argument(
            "--lexicon", action="append", default=None, dest="lexicons",
            help="packaged, graph, or a name in the folder of lexicons; may be repeated; default: these two",
        )  # fmt: skip
        parser.add_argument(
            "--lexicon-file", action="append", default=[], dest="lexicon_paths",
            help="a file or folder of words, UTF-8; may be repeated",
        )  # fmt: skip
        parser.add_argument(
            "--preset", choices=PRESETS, default=None, help="a variant of the paper's Table 3, or past it"
        )
        parser.add_argument(
            "--mlm", action="store_true", default=None, help="let a masked language model prune what is left"
        )
        parser.add_argument(
            "--encoder", default=None,
            help="one trained here (NAME or NAME@2), a folder, or an id of the model hub; default: the "
            "setting ENCODER, else the newest trained here",
        )  # fmt: skip
        parser.add_argument("--mlm-top-n", type=int, default=None, help=f"default {DEFAULTS['mlm_top_n']}")
        parser.add_argument(
            "--mlm-way", choices=MLM_WAYS, default=None, help=f"default {DEFAULTS['mlm_way']}"
        )
        for name in SWITCHES:
            flag = "--no-" + name.replace("_", "-")
            parser.add_argument(
                flag, action="store_false", dest=name, default=None, help="leave this part out"
            )
        for name in SETTABLE:
            default = getattr(Parameters, name)
            flag = "--" + name.replace("_", "-")
            parser.add_argument(flag, type=type(default), default=None, help=f"default {default}")

    def handle(self, *, corpus, category, background, **options):
        names = (
            "language",
            "categories_per_phrase",
            "method",
            "lexicons",
            "lexicon_paths",
            "preset",
            *DEFAULTS,
        )
        told = {name: options[name] for name in (*names, *SWITCHES, *SETTABLE)}
        told["corpora"] = [corpus_named(name) for name in corpus]
        told["categories"] = [self.category(word) for word in category]
        try:
            if background:
                run = start_mining(parameters=told, by=None)
                self.stdout.write(f"run {run.pk} is queued; follow it with: manage.py runs log {run.pk}")
                return
            parameters = mining_parameters(told)
        except UserError as error:
            raise CommandError(str(error)) from None
        run = run_here(RunKind.MINE_PHRASES, parameters, mine_phrases, out=self.stdout)
        self.stdout.write(summary(run))
        if run.status != RunStatus.DONE:
            raise CommandError(run.error)

    def category(self, word):
        found = find_categories([word])[word]
        if len(found) != 1:
            raise CommandError(f"{len(found) or 'no'} categories are called {word}")
        return found[0]


def corpus_named(name):
    """Its id."""
    try:
        return Corpus.objects.get(name=name).pk
    except Corpus.DoesNotExist:
        there = ", ".join(Corpus.objects.order_by("name").values_list("name", flat=True)[:20])
        raise CommandError(f"there is no corpus {name}; there are: {there or 'none'}") from None
