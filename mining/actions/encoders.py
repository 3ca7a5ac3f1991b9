"""Encoders of this workspace: trained as a run, kept in versions, found by name.

Web processes import this file; torch is loaded by the job alone, in a worker.
"""

import dataclasses
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from mining.actions.runs import start_run
from mining.actions.runs_progress import Cancelled, Progress
from mining.encoders.parameters import TrainingParameters
from mining.models import Corpus, Encoder, Run, RunKind, RunStatus
from mining.phrases.parameters import LANGUAGES
from people.errors import UserError
from people.models import User

if TYPE_CHECKING:
    from mining.encoders.load import Encoder as LoadedEncoder

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}\Z")
FIELDS = tuple(field.name for field in dataclasses.fields(TrainingParameters))
SOURCES = ("name", "corpora", "language", "files")


class BadEncoderParameters(UserError):
    pass


class NoEncoder(UserError):
    pass


class NothingToRead(UserError):
    pass


def encoder_parameters(told: dict[str, Any]) -> dict[str, Any]:
    """Checked parameters of a training run, all of them written out; BadEncoderParameters says what is wrong.

    name: of the encoder; corpora, language: which sentences, all where empty; files: text files on this
    machine, one sentence a line, instead of the corpora; the others are those of TrainingParameters.
    """
    if strange := sorted(set(told) - {*SOURCES, *FIELDS}):
        raise BadEncoderParameters(
            f"There is no parameter {', '.join(strange)}; there are: {', '.join([*SOURCES, *FIELDS])}."
        )
    name = told.get("name") or ""
    if not isinstance(name, str) or not NAME.match(name):
        raise BadEncoderParameters(
            f"“{name}” cannot be the name of an encoder: letters, digits, “.”, “-” and “_” are allowed, "
            "60 characters at most."
        )
    try:
        parameters = TrainingParameters(
            **{field: told[field] for field in FIELDS if told.get(field) is not None}
        )
    except ValueError as error:
        raise BadEncoderParameters(f"{error}.") from None
    language = told.get("language") or ""
    if language and language not in LANGUAGES:
        raise BadEncoderParameters(f"Encoders learn {' and '.join(LANGUAGES)}, not “{language}”.")
    corpora = sorted(int(corpus) for corpus in told.get("corpora") or [])
    if missing := set(corpora) - set(Corpus.objects.filter(pk__in=corpora).values_list("pk", flat=True)):
        raise BadEncoderParameters(f"There is no corpus {min(missing)}.")
    files = [str(Path(file).absolute()) for file in told.get("files") or []]
    if absent := [file for file in files if not Path(file).is_file()]:
        raise BadEncoderParameters(f"There is no file {absent[0]}.")
    return {
        **dataclasses.asdict(parameters),
        "name": name,
        "corpora": corpora,
        "language": language,
        "files": files,
    }


def start_encoder_training(*, parameters: dict[str, Any], by: User | None = None) -> Run:
    """A training run; while one of the same name is under way, that one (a second click starts nothing)."""
    wanted = encoder_parameters(parameters)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('train encoder'))")
        under_way = Run.objects.filter(
            kind=RunKind.TRAIN_ENCODER,
            status__in=(RunStatus.QUEUED, RunStatus.RUNNING),
            parameters__name=wanted["name"],
        ).first()
        return under_way or start_run(RunKind.TRAIN_ENCODER, wanted, by)


def train_encoder(run: Run, progress: Progress) -> None:
    """The job: read, learn tokens, train, keep. What an earlier attempt has done is not done again."""
    if Encoder.objects.filter(run=run).exists():
        progress.say("The encoder was trained before the run was interrupted.")
        return
    from mining.encoders.corpus import TooLittleText
    from mining.encoders.train import Diverged

    try:
        _train(run, progress)
    except (TooLittleText, Diverged) as error:
        shutil.rmtree(run.folder, ignore_errors=True)
        raise UserError(str(error)) from error
    except (Cancelled, UserError):
        shutil.rmtree(run.folder, ignore_errors=True)
        raise
    shutil.rmtree(run.folder, ignore_errors=True)


def _train(run: Run, progress: Progress) -> None:
    from mining.encoders.card import save_encoder
    from mining.encoders.corpus import encode_texts, learn_tokens, load_tokens, read_texts
    from mining.encoders.train import train
    from mining.phrases.workspace import Workspace

    told = run.parameters
    parameters = TrainingParameters(**{field: told[field] for field in FIELDS if field in told})
    workspace = Workspace(run.folder)
    facts: dict[str, Any] = {}
    for name, step in (
        ("read", lambda: read_texts(_texts(told), workspace, progress.report)),
        ("tokens", lambda: learn_tokens(workspace, parameters, progress.report)),
        ("encode", lambda: encode_texts(workspace, parameters, progress.report)),
    ):
        there = workspace.finished(name)
        if there is None:
            there = step()
            if not there.get("read", 1):
                raise NothingToRead("There is no sentence to learn from: no document matches.")
            workspace.finish(name, there)
            progress.report(name, 1, 1)
        facts |= there
    if "texts" not in run.counts:  # else an earlier attempt has said it
        progress.say(
            f"{facts['texts']:,} different sentences of {facts['read']:,}, {facts['tokens']:,} tokens to "
            f"learn from, {facts['vocabulary']:,} different ones."
        )
    progress.checkpoint(sentences=facts["read"], texts=facts["texts"], vocabulary=facts["vocabulary"])
    said = int(run.resume_at.get("measured", 0))

    def note(step: int, history: list[dict[str, float]]) -> None:
        nonlocal said
        for point in history[said:]:
            progress.say(
                f"Step {point['step']:,}: loss {point['loss']:.3f}, perplexity {point['perplexity']:.1f}, "
                f"right {100 * point['top1']:.1f} %, among ten {100 * point['top10']:.1f} %."
            )
        said = len(history)
        progress.checkpoint(resume_at={"measured": said}, steps=step)

    trained = train(
        workspace, parameters, vocabulary=facts["vocabulary"], report=_from_where_it_is(progress),
        on_checkpoint=note, checkpoint_seconds=settings.CHECKPOINT_SECONDS, threads=settings.TORCH_THREADS,
    )  # fmt: skip
    progress.stage("keep")
    # Named after the attempt: one that was thought dead and is not cannot change another's files.
    path = Path("models") / "encoders" / f"run-{run.pk}-{run.attempt}"
    facts["source"] = _source(told)
    digest = save_encoder(
        trained, load_tokens(workspace), settings.VAR_DIR / path, name=told["name"], parameters=parameters,
        corpus=facts,
    )  # fmt: skip
    _register(run, progress, trained, path=path, digest=digest, parameters=parameters, facts=facts)


def _from_where_it_is(progress: Progress) -> Callable[[str, int, int], None]:
    """The stage begins with what earlier attempts have done of it, so that the rate is this attempt's."""
    begun = False

    def report(stage: str, done: int, total: int) -> None:
        nonlocal begun
        if not begun:
            progress.stage(stage, total, done=done)
            begun = True
        progress.advance(done, total)

    return report


def _register(
    run: Run, progress: Progress, trained: Any, *, path: Path, digest: str, parameters: Any, facts: Any
) -> None:
    name = run.parameters["name"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('train encoder'))")
        newest = Encoder.objects.filter(name=name).aggregate(number=Max("number"))["number"] or 0
        encoder = Encoder.objects.create(
            name=name, number=newest + 1, run=run, path=str(path), digest=digest, corpus=facts,
            parameters=dataclasses.asdict(parameters), history=trained.history,
            training={
                "steps": trained.steps, "seen": trained.seen, "seconds": round(trained.seconds, 1),
                "device": trained.device, "precision": trained.precision,
            },
        )  # fmt: skip
        progress.checkpoint(encoder_version=encoder.number)
    progress.say(f"{encoder} was trained in {trained.seconds:,.1f} s on {trained.device}.")


def _source(told: dict[str, Any]) -> str:
    if told.get("files"):
        return ", ".join(Path(file).name for file in told["files"])
    names = Corpus.objects.filter(pk__in=told.get("corpora") or []).order_by("pk")
    return ", ".join(
        [*names.values_list("name", flat=True), *([told["language"]] if told["language"] else [])]
    )


def _texts(told: dict[str, Any]) -> Iterator[str]:
    if not told.get("files"):
        from mining.actions.mine_documents import read_sentences

        yield from (sentence.text for sentence in read_sentences(told))
        return
    import gzip

    for file in told["files"]:
        opened = gzip.open if file.endswith(".gz") else open
        with opened(file, "rt", encoding="utf-8", errors="replace") as lines:
            yield from (text for line in lines if (text := line.strip()))


# Finding one


def find_encoder(name: str) -> tuple[str, "Callable[[], LoadedEncoder]"]:
    """(what identifies this very encoder, how to load it) for a name: `shop`, `shop@2`, a path, a hub id.

    An empty name is the setting ENCODER, or the newest that was trained here. NoEncoder where there is none.
    Nothing is loaded yet; what cannot be loaded says so then (mining.encoders.load.EncoderMissing).
    """
    name = name or settings.ENCODER
    ours = _trained_here(name)
    if ours is not None:
        return f"{ours} {ours.digest[:16]}", lambda: _load_ours(ours)
    if not name or "@" in name:
        there = ", ".join(map(str, Encoder.objects.order_by("-pk")[:10])) or "none"
        what = f"There is no encoder “{name}”" if name else "There is no encoder yet"
        raise NoEncoder(
            f"{what}; trained here: {there}. Train one (manage.py train_encoder NAME), name a folder or an "
            "id of the model hub, or set ENCODER."
        )

    def load() -> "LoadedEncoder":
        from mining.encoders.load import load_encoder

        return load_encoder(name, threads=settings.TORCH_THREADS)

    return name, load


def pinned(name: str) -> str:
    """The name with its version, so that a run means the same encoder whatever is trained later."""
    found = _trained_here(name or settings.ENCODER)
    return str(found) if found else name or settings.ENCODER


def _trained_here(name: str) -> Encoder | None:
    if not name:
        return Encoder.objects.order_by("-pk").first()
    stem, _at, number = name.partition("@")
    found = Encoder.objects.filter(name=stem)
    if number:
        if not (number.isascii() and number.isdigit() and len(number) < 9):
            return None
        found = found.filter(number=int(number))
    return found.order_by("-number").first()


def _load_ours(encoder: Encoder) -> "LoadedEncoder":
    from mining.encoders.card import digest_of
    from mining.encoders.load import EncoderMissing, load_encoder

    tried = f"the folder {encoder.folder}, where this project keeps it"
    try:
        digest = digest_of(encoder.folder)
    except OSError:
        raise EncoderMissing(str(encoder), tried, "its weights are not there") from None
    if digest != encoder.digest:
        raise EncoderMissing(str(encoder), tried, "its weights are not those that were trained")
    return load_encoder(str(encoder.folder), name=str(encoder), threads=settings.TORCH_THREADS)
