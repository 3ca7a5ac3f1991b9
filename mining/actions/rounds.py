"""One round of active learning: freeze the labels, train, evaluate, score, select what to ask next.

Runs in a worker. Every stage looks first at what an earlier attempt of the same run left behind, so a
round that was killed anywhere simply runs again and ends with one model version.
"""

import time
from array import array
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max

from annotation import kinds
from annotation.actions.selection import put_first, write_scores
from annotation.models import Campaign, ChosenBy, Pool, Priority, Task
from mining.actions.learning import NotEnoughLabels, put_live, readiness
from mining.actions.runs_progress import Progress
from mining.classifiers import base
from mining.models import Evaluation, LabelSet, LabelSetItem, ModelVersion, Run, Split
from people.models import Change

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 1000
LEAST_BATCH = 200

# Promise 7: the evaluation part is the random sample alone, the training part no candidate of it.
FREEZE = """
INSERT INTO mining_labelsetitem (label_set_id, task_id, verdict_id, split, is_positive)
SELECT %(label_set)s, task.id, verdict.id,
       CASE task.pool WHEN 'evaluation' THEN 'evaluation' ELSE 'training' END, verdict.answer = 'accept'
FROM annotation_verdict AS verdict JOIN annotation_task AS task ON task.id = verdict.task_id
WHERE task.campaign_id = %(campaign)s AND verdict.withdrawn_at IS NULL
  AND verdict.answer IN ('accept', 'reject', 'bad')
  AND (task.pool = 'evaluation' OR task.pool = 'model' AND NOT EXISTS (
    SELECT FROM annotation_task AS measured
    WHERE measured.campaign_id = task.campaign_id AND measured.candidate_id = task.candidate_id
      AND measured.pool = 'evaluation'
  ))
ORDER BY task.id
"""


def run_round(run: Run, progress: Progress) -> None:
    """Do what a training run asks for, or only rescore where it names a version."""
    campaign = Campaign.objects.get(pk=run.parameters["campaign"])
    if version_id := run.parameters.get("rescore"):
        version = ModelVersion.objects.get(pk=version_id, campaign=campaign)
    else:
        label_set = freeze(run, campaign, progress)
        version = train(run, label_set, progress)
        evaluate(label_set, progress)
    score(version, progress)
    select(run, version, progress)


def freeze(run: Run, campaign: Campaign, progress: Progress) -> LabelSet:
    """The label set of this run, frozen at its first attempt."""
    progress.stage("Freezing labels")
    if there := LabelSet.objects.filter(run=run).first():
        return there
    ready = readiness(campaign)
    if not ready.is_enough:
        raise NotEnoughLabels(ready)
    label_set = _freeze(run, campaign, progress)
    progress.say(f"{label_set.training} labels to learn from, {label_set.evaluation} to measure with.")
    return label_set


@transaction.atomic
def _freeze(run: Run, campaign: Campaign, progress: Progress) -> LabelSet:
    label_set = LabelSet.objects.create(campaign=campaign, run=run, training=0, evaluation=0)
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, {"label_set": label_set.pk, "campaign": campaign.pk})
    items = label_set.items
    label_set.training = items.filter(split=Split.TRAINING).count()
    label_set.evaluation = items.filter(split=Split.EVALUATION).count()
    label_set.last_verdict_id = items.aggregate(newest=Max("verdict"))["newest"]
    label_set.save()
    progress.checkpoint(training_labels=label_set.training, evaluation_labels=label_set.evaluation)
    return label_set


def train(run: Run, label_set: LabelSet, progress: Progress) -> ModelVersion:
    """The model version of this run, trained at the first attempt that gets so far."""
    if there := ModelVersion.objects.filter(run=run).first():
        progress.say(f"Model {there.number} was trained before the run was interrupted.")
        return there
    progress.stage("Training", label_set.training)
    name = run.parameters.get("classifier", base.DEFAULT)
    classifier = base.classifier_class(name)()
    began = time.monotonic()
    rows, truth = rows_of(label_set, Split.TRAINING, progress)
    classifier.fit(rows, truth, seed=label_set.campaign.seed)
    trained_in = timedelta(seconds=time.monotonic() - began)
    # Named after the attempt: one that was thought dead and is not cannot change another's file.
    path = Path("models") / str(label_set.campaign_id) / f"run-{run.pk}-{run.attempt}.npz"
    digest = _save(classifier, settings.VAR_DIR / path)
    for note in classifier.notes:
        progress.say(note, "warning")
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=label_set.campaign_id)
        newest = campaign.model_versions.aggregate(number=Max("number"))["number"] or 0
        version = ModelVersion.objects.create(
            campaign=campaign,
            number=newest + 1,
            classifier=name,
            label_set=label_set,
            run=run,
            path=str(path),
            digest=digest,
            trained_in=trained_in,
        )
        progress.checkpoint(model_version=version.number)
    progress.say(f"Model {version.number} was trained in {trained_in.total_seconds():.1f} s.")
    return version


def evaluate(label_set: LabelSet, progress: Progress) -> None:
    """Measure every version of the campaign on the newest evaluation labels, so that all compare."""
    versions = list(
        ModelVersion.objects.filter(campaign=label_set.campaign_id, label_set__lte=label_set.pk)
        .exclude(evaluations__label_set=label_set)
        .order_by("-number")
    )
    progress.stage("Measuring", len(versions))
    if not label_set.evaluation:
        progress.say("There are no evaluation verdicts yet: the model cannot be measured.", "warning")
        return
    from mining.classifiers.metrics import measure

    rows, truth = rows_of(label_set, Split.EVALUATION)
    for done, version in enumerate(versions, start=1):
        try:
            classifier = load(version)
        except base.AlteredModel as error:
            progress.say(f"Model {version.number} is not measured again: {error}.", "warning")
            continue
        metrics = measure(truth, classifier.probabilities(rows), seed=label_set.campaign.seed)
        Evaluation.objects.get_or_create(
            model_version=version, label_set=label_set, defaults={"metrics": metrics}
        )
        progress.advance(done)
    progress.checkpoint()


def score(version: ModelVersion, progress: Progress) -> None:
    """Score the tasks without a verdict that this version has not scored yet."""
    remaining = version.campaign.tasks.unjudged().exclude(scored_by=version.pk)
    progress.stage("Scoring", remaining.count())
    classifier = load(version)
    features = kinds.get(version.campaign.kind).features

    def scored() -> Iterator[tuple[int, float]]:
        done = 0
        for tasks in remaining.in_batches(BATCH):
            probabilities = classifier.probabilities(features(tasks)).tolist()
            yield from zip((task.pk for task in tasks), probabilities, strict=True)
            done += len(tasks)
            progress.advance(done)

    written = write_scores(version.campaign, version.pk, scored())
    progress.checkpoint(tasks_scored=progress.run.counts.get("tasks_scored", 0) + written)


def select(run: Run, version: ModelVersion, progress: Progress) -> None:
    """Make the version live and put what it wants to know first in the queue."""
    import numpy as np

    from mining.active.select import choose, least_certain, most_likely

    campaign = version.campaign
    progress.stage("Choosing what to ask")
    ids, scores = array("q"), array("d")
    # 16 bytes a task: a million of them are held without effort.
    askable = _askable(campaign).filter(scored_by=version.pk).order_by("pk")
    for pk, value in askable.values_list("pk", "score").iterator(chunk_size=10_000):
        ids.append(pk)
        scores.append(value)
    chosen = choose(
        np.frombuffer(scores, dtype=np.float64) if scores else np.zeros(0),
        size=batch_size(campaign),
        random_share=1.0 if campaign.priority == Priority.RANDOM else campaign.random_share,
        seed=campaign.seed + version.number,
        first=most_likely if campaign.priority == Priority.LIKELY else least_certain,
        forms=lambda positions: _forms(campaign, [ids[position] for position in positions]),
    )
    preferred = ChosenBy.LIKELIHOOD if campaign.priority == Priority.LIKELY else ChosenBy.UNCERTAINTY
    rows = [(ids[choice.position], ChosenBy.RANDOM if choice.is_random else preferred) for choice in chosen]
    with transaction.atomic():
        put_live(version)
        moved = put_first(campaign, _still_askable(campaign, rows))
        Change.objects.create(
            actor=f"run/{run.pk}",
            action="rescore" if "rescore" in run.parameters else "train",
            entity="campaign",
            entity_id=campaign.pk,
            after={"model": version.number, "asked_next": moved},
        )
        progress.checkpoint(asked_next=moved)
    progress.say(f"Model {version.number} is live; {moved} tasks were put first in the queue.")


def batch_size(campaign: Campaign) -> int:
    """Enough to last well beyond the next training."""
    return max(LEAST_BATCH, 4 * campaign.retrain_every)


def load(version: ModelVersion) -> base.Classifier:
    return base.load(version.classifier, settings.VAR_DIR / version.path, digest=version.digest)


def rows_of(
    label_set: LabelSet, split: str, progress: Progress | None = None
) -> tuple[list[dict[str, Any]], "NDArray[np.bool_]"]:
    """Feature rows of one part of a label set and whether each is a yes, in the order of the tasks."""
    import numpy as np

    features = kinds.get(label_set.campaign.kind).features
    rows: list[dict[str, Any]] = []
    truth: list[bool] = []
    after = 0
    items = LabelSetItem.objects.filter(label_set=label_set, split=split).select_related("task")
    while batch := list(items.filter(task__gt=after).order_by("task")[:BATCH]):
        rows += features([item.task for item in batch])
        truth += [item.is_positive for item in batch]
        after = batch[-1].task_id
        if progress:
            progress.advance(len(rows))
    return rows, np.array(truth, dtype=bool)


def _save(classifier: base.Classifier, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    classifier.save(partial)
    digest = base.digest_of(partial)
    partial.replace(path)  # whole or not at all
    return digest


def _askable(campaign: Campaign):
    return campaign.tasks.unjudged().filter(pool=Pool.MODEL, seats_free=F("seats_granted"))


def _still_askable(campaign: Campaign, rows: list[tuple[int, ChosenBy]]) -> list[tuple[int, ChosenBy]]:
    """Leave out what became gold or was begun while the choice was made."""
    still = set(
        _askable(campaign).filter(pk__in=[pk for pk, _chosen_by in rows]).values_list("pk", flat=True)
    )
    return [row for row in rows if row[0] in still]


def _forms(campaign: Campaign, ids: list[int]) -> list[str]:
    tasks = list(Task.objects.filter(pk__in=ids))
    features = kinds.get(campaign.kind).features(tasks)
    forms = {task.pk: str(row.get("form") or task.pk) for task, row in zip(tasks, features, strict=True)}
    return [forms[pk] for pk in ids]
