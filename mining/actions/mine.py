"""The job around the phrase miner: sentences out of the database, candidates into it."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from mining.actions.mine_documents import Documents, kept_counts
from mining.actions.mine_fates import store_fates
from mining.actions.mine_knowledge import GRAPH, PACKAGED, checked_lexicons, knowledge_of
from mining.actions.mine_pruning import DEFAULTS, pruner_of, pruning_parameters, with_preset
from mining.actions.mine_store import store_phrases
from mining.actions.runs import start_run
from mining.actions.runs_progress import Cancelled, Progress
from mining.models import Corpus, Run, RunKind
from mining.phrases.parameters import LANGUAGES, Parameters
from people.errors import UserError
from people.models import User

# What a person may set of the miner's parameters; the others are its own affair.
SETTABLE = (
    "min_count",
    "min_chars",
    "max_chars",
    "max_words",
    "min_pmi",
    "min_entropy",
    "min_boundary_share",
    "min_score",
    "min_quality",
    "min_seed_count",
    "max_phrases",
)
# Of the two methods, and the parts of the second one that can be left out.
SWITCHES = ("compose_seeds", "segment", "part_of_speech", "mlm_cuts")
METHOD = "forest"
LEXICONS = (PACKAGED, GRAPH)
# More places than are shown, so that each category finds examples of its own among them.
PLACES = 12
CATEGORIES, CATEGORIES_MOST = 3, 5


class BadParameters(UserError):
    pass


class NothingToMine(UserError):
    pass


def mining_parameters(told: dict[str, Any]) -> dict[str, Any]:
    """Checked parameters of a mining run, all of them written out; BadParameters says what is wrong."""
    known = {"corpora", "categories", "language", "categories_per_phrase", "method", "lexicons",
             "lexicon_paths", *SETTABLE, *SWITCHES, *DEFAULTS}  # fmt: skip
    told = with_preset(told)
    if strange := sorted(set(told) - known):
        raise BadParameters(
            f"There is no parameter {', '.join(strange)}; there are: {', '.join(sorted(known))}."
        )
    defaults = {name: getattr(Parameters, name) for name in (*SETTABLE, *SWITCHES)} | {"method": METHOD}
    wanted: dict[str, Any] = {
        name: default if told.get(name) is None else told[name] for name, default in defaults.items()
    }
    try:
        Parameters(**wanted)
    except ValueError as error:
        raise BadParameters(f"{error}.") from None
    language = told.get("language") or ""
    if language and language not in LANGUAGES:
        raise BadParameters(f"Phrases are mined in {' and '.join(LANGUAGES)}, not in “{language}”.")
    per_phrase = told.get("categories_per_phrase") or CATEGORIES
    if not isinstance(per_phrase, int) or not 1 <= per_phrase <= CATEGORIES_MOST:
        raise BadParameters(f"categories_per_phrase must be between 1 and {CATEGORIES_MOST}.")
    corpora = [int(corpus) for corpus in told.get("corpora") or []]
    if missing := set(corpora) - set(Corpus.objects.filter(pk__in=corpora).values_list("pk", flat=True)):
        raise BadParameters(f"There is no corpus {min(missing)}.")
    return {
        **wanted,
        **pruning_parameters(told, method=wanted["method"]),
        "corpora": sorted(corpora),
        "categories": sorted(int(pk) for pk in told.get("categories") or []),
        "language": language,
        "categories_per_phrase": per_phrase,
        "lexicons": checked_lexicons(
            list(LEXICONS) if told.get("lexicons") is None else list(told["lexicons"]),
            paths=list(told.get("lexicon_paths") or []),
        ),
    }


def start_mining(*, parameters: dict[str, Any], by: User | None) -> Run:
    return start_run(RunKind.MINE_PHRASES, mining_parameters(parameters), by)


def mine_phrases(run: Run, progress: Progress) -> None:
    """The job: read, mine and store; what an earlier attempt finished is not done again."""
    from mining.phrases.kept.store import forget  # numpy, which web processes do without
    from mining.phrases.mine import mine_phrases as mine

    told = run.parameters
    documents = Documents(told)
    parameters = Parameters(
        **{name: told[name] for name in ("method", *SETTABLE, *SWITCHES) if name in told},
        examples=PLACES,
        top_categories=CATEGORIES_MOST,
        memory_mb=settings.MINING_MEMORY_MB,
    )
    try:
        found = mine(
            documents, parameters=parameters, work_dir=run.folder, report=progress.report,
            knowledge=knowledge_of(run), pruner=pruner_of(run),
            kept=documents.folder() if settings.KEPT_COUNTS_MB else None,
        )  # fmt: skip
        forget(kept_counts(), most_mb=settings.KEPT_COUNTS_MB)
        if not found.read:
            raise NothingToMine("There is no sentence to mine: no document matches what was asked for.")
        _say_what_was_found(found, progress)
        store_phrases(
            run, progress, found, categories_per_phrase=told.get("categories_per_phrase", CATEGORIES)
        )
        store_fates(run, progress, found)
    except (Cancelled, UserError):
        progress.clear_folder()
        raise
    progress.clear_folder()


def _say_what_was_found(found: Any, progress: Progress) -> None:
    if progress.run.resume_at.get("told"):
        return
    skipped = ", ".join(f"{number:,} in {language}" for language, number in found.skipped.items())
    progress.say(f"{found.read:,} sentences read" + (f"; passed over: {skipped}." if skipped else "."))
    for language, stages in found.stages.items():
        there, read = found.documents.get(language, 0), found.documents_read.get(language, 0)
        if read < there:
            progress.say(
                f"{language}: {read:,} of {there:,} documents read; the counts of the others had been kept."
            )
        if stages["encode"]["sentences"]:
            encode, describe = stages["encode"], stages["describe"]
            progress.say(
                f"{language}: {encode['sentences']:,} different sentences of {encode['documents']:,} "
                f"documents, {describe['phrases']:,} phrases."
            )
            for line in _why(stages, found.dropped[language]):
                progress.say(f"{language}: {line}")
    progress.checkpoint(
        resume_at={"told": True, "stored": 0, "fates": 0},
        sentences=found.read,
        phrases=len(found),
        dropped=found.dropped,
        passed_over=found.skipped,
    )


def _why(stages: dict[str, Any], dropped: dict[str, Any]) -> Iterator[str]:
    """What there was to learn from, and why nothing came of it."""
    from mining.phrases.forest_stages import FEWEST_SEEDS

    if "quality" in stages:
        learnt = stages["quality"]
        words, alone = learnt["seeds"], learnt["seeds composed"]
        yield f"learnt from {words:,} words of lexicons and {alone:,} noun phrases that stand alone."
        if taught := stages.get("decisions", {}).get("taught by"):
            yield f"what people decided had the last word (decisions: {taught:,})."
        elif words + alone + learnt["accepted"] < FEWEST_SEEDS:
            yield "too little to learn from: what holds together and stands freely was kept as well."
    if not stages["describe"]["phrases"]:
        rare = sum(rules.get("min_count", 0) for rules in dropped.values())
        yield f"no phrase was kept; {rare:,} sequences occur too seldom."
