"""The life of an exchange with Label Studio: queued, claimed, alive by its beat, ended or taken up again."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.bell import bell
from annotation.labelstudio.server import NoServer, configured
from annotation.models import Campaign, Exchange, ExchangeAction, ExchangeStatus, LabelStudioProject
from people.errors import UserError
from people.models import Change

log = logging.getLogger(__name__)

SILENT_AFTER = timedelta(minutes=5)  # one request to a slow server may take minutes
VAIN_ATTEMPTS = 5
PROBLEMS = 100  # named in full


class UnderWay(UserError):
    pass


class Superseded(Exception):
    """Another attempt has taken the job over."""


def start_exchange(
    *,
    campaign: Campaign,
    action: str,
    by=None,
    people: dict[str, str] | None = None,
    predictions: bool = True,
    file=None,
) -> Exchange:
    """Queue a job; a worker hears of it on commit, or from beat."""
    if action != ExchangeAction.IMPORT and not configured():
        raise NoServer(_("Set LABEL_STUDIO_URL and LABEL_STUDIO_TOKEN to name the Label Studio server."))
    if action == ExchangeAction.RECYCLE and not _is_deployed(campaign):
        raise UserError(_("Send the campaign's tasks to Label Studio first."))
    parameters: dict[str, Any] = {"people": people or {}}
    if action == ExchangeAction.DEPLOY:
        parameters = {"predictions": predictions}
    if action == ExchangeAction.IMPORT:
        parameters["file"] = _keep(file)
    try:
        with transaction.atomic():
            exchange = Exchange.objects.create(
                campaign=campaign, action=action, parameters=parameters, started_by=by
            )
            Change.objects.create(
                by=by,
                action=f"label studio {action}",
                entity="campaign",
                entity_id=campaign.pk,
                after={"exchange": exchange.pk},
            )
    except IntegrityError:
        raise UnderWay(_("This is under way already.")) from None
    transaction.on_commit(lambda: send(exchange.pk))
    return exchange


def _is_deployed(campaign: Campaign) -> bool:
    return LabelStudioProject.objects.filter(campaign=campaign, server=configured()).exists()


def _keep(file) -> str:
    """Where workers find it, named by us alone."""
    name = f"exchange/{uuid4()}.json"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        for part in file.chunks() if hasattr(file, "chunks") else iter(lambda: file.read(1 << 20), b""):
            target.write(part)
    return name


def send(exchange_id: int) -> None:
    from annotation.tasks import run_exchange  # which imports this module

    bell.ring(f"exchange {exchange_id}", lambda: run_exchange.apply_async((exchange_id,), retry=False))


def _unclaimed() -> Q:
    silent = Q(beat_at=None) | Q(beat_at__lt=timezone.now() - SILENT_AFTER)
    return Q(status=ExchangeStatus.QUEUED) | (Q(status=ExchangeStatus.RUNNING) & silent)


def work_on(exchange_id: int) -> Exchange | None:
    """Claim the job and do it; None where it was not to be had."""
    claimed = Exchange.objects.filter(_unclaimed(), pk=exchange_id).update(
        status=ExchangeStatus.RUNNING,
        attempt=F("attempt") + 1,
        vain_attempts=F("vain_attempts") + 1,
        beat_at=timezone.now(),
        problems=[],
    )
    if not claimed:
        return None
    exchange = Exchange.objects.select_related("campaign").get(pk=exchange_id)
    return do(exchange)


def do(exchange: Exchange) -> Exchange:
    from annotation.labelstudio.jobs import JOBS

    progress = Progress(exchange)
    try:
        JOBS[exchange.action](exchange, progress)
    except Superseded:
        log.warning("exchange %s attempt %s was taken over and stops", exchange.pk, exchange.attempt)
    except UserError as error:
        progress.end(ExchangeStatus.FAILED, str(error))
    except Exception as error:
        log.exception("exchange %s failed", exchange.pk)
        if is_passing(error) and exchange.vain_attempts < VAIN_ATTEMPTS:
            progress.put_back(explain(error))
        else:
            progress.end(ExchangeStatus.FAILED, explain(error))
    else:
        progress.end(ExchangeStatus.DONE)
    exchange.refresh_from_db()
    if exchange.finished_at is not None:
        _forget_file(exchange)
    return exchange


def _forget_file(exchange: Exchange) -> None:
    """Once the job has ended and not before: a worker killed on the way begins again with it."""
    if name := exchange.parameters.get("file"):
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)


def is_passing(error: Exception) -> bool:
    """The server was away or busy: worth another attempt."""
    import httpx

    status = getattr(error, "status_code", None)
    return isinstance(error, httpx.TransportError) or (
        status is not None and (status >= 500 or status == 429)
    )


def explain(error: Exception) -> str:
    """Of the SDK's errors the status and what the server said; their headers are nobody's business."""
    status, said = getattr(error, "status_code", None), getattr(error, "body", None)
    if status is None:
        return f"{type(error).__name__}: {error}"[:500]
    if isinstance(said, dict):
        said = said.get("validation_errors") or said.get("detail") or said
    return f"Label Studio answered {status}: {said}"[:500]


class Progress:
    """The voice of one attempt."""

    def __init__(self, exchange: Exchange):
        self.exchange = exchange
        self.problems: list[dict[str, Any]] = []
        self.problems_total = 0

    def note(self, done: int, total: int | None, **counts: int) -> None:
        """So much is lastingly done. Raises Superseded."""
        changed = self._own().update(
            done=done,
            total=total,
            counts={**counts, "problems": self.problems_total},
            problems=self.problems,
            beat_at=timezone.now(),
            vain_attempts=0,
        )
        if not changed:
            raise Superseded

    def problem(self, row: int, reason: str) -> None:
        self.problems_total += 1
        if len(self.problems) < PROBLEMS:
            self.problems.append({"row": row, "reason": reason[:300].replace("\0", "")})

    def end(self, status: ExchangeStatus, error: str = "") -> None:
        self._own().update(
            status=status, error=error.replace("\0", ""), finished_at=timezone.now(), problems=self.problems
        )

    def put_back(self, error: str) -> None:
        self._own().update(status=ExchangeStatus.QUEUED, error=error.replace("\0", ""), beat_at=None)

    def _own(self):
        return Exchange.objects.filter(
            pk=self.exchange.pk, attempt=self.exchange.attempt, status=ExchangeStatus.RUNNING
        )


def revive_exchanges() -> list[int]:
    """Ring again for jobs nobody has; give up those that get nowhere."""
    hopeless = Exchange.objects.filter(_unclaimed(), vain_attempts__gte=VAIN_ATTEMPTS)
    words = "Given up after several attempts that got nowhere; the worker's log says why."
    given_up = list(hopeless)
    hopeless.update(status=ExchangeStatus.FAILED, error=words, finished_at=timezone.now())
    for exchange in given_up:
        _forget_file(exchange)
    waiting = list(Exchange.objects.filter(_unclaimed()).values_list("pk", flat=True))
    for pk in waiting:
        send(pk)
    return waiting
