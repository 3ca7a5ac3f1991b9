"""What the jobs do: send tasks, fetch answers, read a file. Each may be killed and simply begins again."""

import json
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from annotation import kinds
from annotation.actions.exchanging import Progress
from annotation.labelstudio.config import labelling_config
from annotation.labelstudio.people import People
from annotation.labelstudio.reading import read
from annotation.labelstudio.server import Server
from annotation.labelstudio.tasks import exportable, task_of
from annotation.models import Campaign, Exchange, ExchangeAction, LabelStudioProject, LabelStudioTask, Task

TASKS, BYTES = 200, 8_000_000  # of one request
ANSWERS = 100  # tasks whose answers are fetched at once; their ids stand in one address


def deploy(exchange: Exchange, progress: Progress) -> None:
    """Send every undecided task that is not there yet."""
    campaign = exchange.campaign
    with Server() as server:
        project = _project(campaign, server)
        if server.count(project.external_id) != project.tasks.count():
            _find_again(project, server)
        there = LabelStudioTask.objects.filter(project=project, task=OuterRef("pk"))
        missing = exportable(campaign).unjudged().filter(~Exists(there))
        sent, total = 0, missing.count()
        progress.note(0, total, sent=0)
        predictions = exchange.parameters.get("predictions", True)
        for packet in _packets(campaign, missing, predictions=predictions):
            _send(project, server, packet)
            sent += len(packet)
            progress.note(sent, total, sent=sent)


def _send(project: LabelStudioProject, server: Server, packet: list[tuple[int, dict[str, Any]]]) -> None:
    ids = server.send(project.external_id, [whole for _pk, whole in packet])
    if ids:
        _remember(project, [(pk, there) for (pk, _whole), there in zip(packet, ids, strict=True)])
    else:
        _find_again(project, server)


def recycle(exchange: Exchange, progress: Progress) -> None:
    """Fetch what was answered there; what we have already is known by its id."""
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        project = LabelStudioProject.objects.get(campaign=exchange.campaign, server=server.url)
        people, names = People(exchange.parameters.get("people")), server.people()
        ids = project.tasks.order_by("external_id").values_list("external_id", flat=True)
        counting = _Counting(progress, ids.count())
        left, file = ids.iterator(chunk_size=2000), Path(folder) / "export.json"
        while some := list(islice(left, ANSWERS)):
            server.export(project.external_id, some, file)
            with file.open("rb") as export:
                campaign, on_task = exchange.campaign, counting.on_task
                read(campaign, export, people, names=names, server=server.url, on_task=on_task)
            counting.say()


def import_file(exchange: Exchange, progress: Progress) -> None:
    file = Path(settings.MEDIA_ROOT) / exchange.parameters["file"]
    counting = _Counting(progress, None)
    with file.open("rb") as export:
        people = People(exchange.parameters.get("people"))
        read(exchange.campaign, export, people, on_task=counting.on_task)
    counting.say()


JOBS: dict[str, Callable[[Exchange, Progress], None]] = {
    ExchangeAction.DEPLOY: deploy,
    ExchangeAction.RECYCLE: recycle,
    ExchangeAction.IMPORT: import_file,
}


class _Counting:
    def __init__(self, progress: Progress, total: int | None):
        self.progress, self.total, self.done = progress, total, 0
        self.counts = dict.fromkeys(("counted", "kept", "known", "second", "refused"), 0)

    def on_task(self, row: int, counts: dict[str, int], problems: list[str]) -> None:
        self.done += 1
        for outcome, number in counts.items():
            self.counts[outcome] += number
        for reason in problems:
            self.progress.problem(self.done, reason)
        if self.done % 100 == 0:
            self.say()

    def say(self) -> None:
        self.progress.note(self.done, self.total, **self.counts)


def _project(campaign: Campaign, server: Server) -> LabelStudioProject:
    known = LabelStudioProject.objects.filter(campaign=campaign, server=server.url).first()
    if known:
        return known
    # By its marker, should the worker have died between making it and noting that.
    marker = f"kgcurate campaign {campaign.pk} {settings.GRAPH_IRI}"
    external = server.find_project(marker) or server.make_project(
        title=campaign.name,
        marker=marker,
        config=labelling_config(kinds.get(campaign.kind), asks_typicality=campaign.asks_typicality),
        answers=campaign.overlap,
        instruction=_instruction(campaign),
    )
    return LabelStudioProject.objects.create(campaign=campaign, server=server.url, external_id=external)


def _instruction(campaign: Campaign) -> str:
    from annotation.text import render_guideline

    return str(render_guideline(campaign.guideline))


def _find_again(project: LabelStudioProject, server: Server) -> None:
    """Note the tasks that are there and that we do not know of: sent by a worker that died then."""
    known = set(project.tasks.values_list("external_id", flat=True))
    found: dict[int, int] = {}
    for external, ours in server.tasks(project.external_id):
        if external not in known and isinstance(ours, dict) and isinstance(ours.get("task"), int):
            found.setdefault(ours["task"], external)
    own = set(Task.objects.filter(campaign=project.campaign, pk__in=found).values_list("pk", flat=True))
    _remember(project, [(task, external) for task, external in found.items() if task in own])


def _remember(project: LabelStudioProject, pairs: list[tuple[int, int]]) -> None:
    rows = [LabelStudioTask(project=project, task_id=task, external_id=there) for task, there in pairs]
    LabelStudioTask.objects.bulk_create(rows, ignore_conflicts=True)


def _packets(campaign: Campaign, tasks, *, predictions: bool) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Tasks with what is sent of each, so many at a time as one request should hold."""
    packet: list[tuple[int, dict[str, Any]]] = []
    size = 0
    for batch in tasks.in_batches(TASKS):
        for task in batch:
            task.campaign = campaign
            whole = task_of(task, predictions=predictions)
            length = len(json.dumps(whole))
            if packet and (len(packet) >= TASKS or size + length > BYTES):
                yield packet
                packet, size = [], 0
            packet.append((task.pk, whole))
            size += length
    if packet:
        yield packet
