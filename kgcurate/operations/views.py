"""The operations page, its description as JSON, and the same for a scraper."""

from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.models import CampaignStatus
from kgcurate.launch import restarts
from kgcurate.operations import figures, metrics, parts
from kgcurate.operations.findings import findings, moment
from kgcurate.operations.serializers import OperationsSerializer
from kgcurate.operations.words import job_words
from people.access import requires
from people.models import User

MOST_PEOPLE = 500
# A scraper comes once in a while and never sees what is known from before; it can wait for the workers.
SCRAPER_WAITS = 4.0


@requires("admin")
@never_cache
@require_safe
def operations(request):
    """The page, and to htmx the part of it that lives."""
    person = find_person(request.GET.get("person", ""))
    template = "kgcurate/_operations.html" if request.htmx else "kgcurate/operations.html"
    told = whole(person)
    told["people"] = User.objects.filter(is_active=True).order_by("username")[:MOST_PEOPLE]
    return render(request, template, told)


def find_person(told: str) -> User | None:
    """By id; None where there is no such person."""
    is_id = told.isdecimal() and len(told) < 18
    return User.objects.filter(pk=int(told)).first() if is_id else None


def whole(person: User | None = None) -> dict:
    known = parts.look()
    rows = _parts(known)
    runs, verdicts = figures.runs(), figures.verdicts()
    return {
        "at": timezone.now(),
        "parts": rows,
        # One worker may serve several queues, and died once.
        "restarted": list(
            {launcher_name(row["name"]): row for row in reversed(rows) if row["restarted_at"]}.values()
        )[::-1],
        "queues": _queues(known),
        "findings": findings(known, runs, verdicts),
        "is_looking": not known.is_complete,
        "runs": runs,
        "verdicts": verdicts,
        "campaigns": figures.queues(person),
        "models": figures.live_models(),
        "person": person,
        "is_asking": CampaignStatus.RUNNING,
    }


def _parts(known: parts.Parts) -> list[dict]:
    """name, label, state (ok, down or unknown), what is known, when it was last seen and started again."""
    database, server, disk = known.database, known.redis, known.disk
    rows = [
        _part("web", _("Web server"), True, _("answered this page"), timezone.now()),
        _part("database", "PostgreSQL", database.answered, _quick(database), moment(database.at)),
        _part("redis", _("Redis and the broker"), server.answered, "", moment(server.at)),
        _part("beat", _("Beat, the clock"), known.is_beat_alive, "", moment(known.beat_at)),
    ]
    rows += [
        _part(
            f"worker_{queue.name}",
            format_html(_("Worker of “{queue}”"), queue=_name(queue.name)),
            queue.is_served,
            ", ".join(queue.workers),
            moment(queue.seen_at),
        )
        for queue in known.queues
    ]
    if disk.answered:
        free = _("%(free)s of %(total)s GiB free") % {
            "free": f"{disk.value['free'] / 1024**3:.0f}",
            "total": f"{disk.value['total'] / 1024**3:.0f}",
        }
        rows.append(_part("disk", _("Disk"), True, free, moment(disk.at)))
    back = restarts.lately(settings.VAR_DIR)
    for row in rows:
        if again := back.get(launcher_name(row["name"])):
            row |= {
                "restarted_at": moment(again[-1].at),
                "restarts": len(again),
                "died": _died(again[-1].how),
            }
    return rows


# One worker process of `make run` serves both queues.
LAUNCHER_NAMES = {"database": "postgres", "worker_default": "worker", "worker_gpu": "worker"}


def launcher_name(part: str) -> str:
    return LAUNCHER_NAMES.get(part, part)


def _died(how: str) -> str:
    """As Part.how_it_ended tells it, in the language of the page."""
    kind, _space, number = how.rpartition(" ")
    words = {"signal": _("signal %(number)s"), "exit code": _("exit code %(number)s")}.get(kind)
    return words % {"number": number} if words else how


def _name(word: str) -> str:
    """A name is no word: it stays as it is in every language."""
    return format_html('<span translate="no">{}</span>', word)


def _part(name: str, label: str, is_well: bool | None, detail: str, seen_at) -> dict:
    state = {True: "ok", False: "down", None: "unknown"}[is_well]
    told = {"name": name, "label": label, "state": state, "detail": detail, "seen_at": seen_at}
    return {**told, "restarted_at": None, "restarts": 0, "died": ""}


def _quick(look) -> str:
    return _("answered in %(ms)d ms") % {"ms": round(1000 * look.value)} if look.answered else ""


def _queues(known: parts.Parts) -> list[dict]:
    return [
        {
            "name": queue.name,
            "waiting": queue.waiting,
            "workers": len(queue.workers),
            "busy": [
                {"task": job["task"], "says": job_words(job["task"]), "since": moment(job["since"])}
                for worker in queue.workers
                for job in known.workers[worker]["busy"]
            ],
            "processes": sum(known.workers[worker]["processes"] for worker in queue.workers),
        }
        for queue in known.queues
    ]


def _state(told: dict) -> str:
    """While parts are being asked, after a start or after nobody looked for a while, nothing is wrong yet."""
    if told["findings"]:
        return "trouble"
    return "starting" if told["is_looking"] else "well"


@requires("admin")
class Operations(APIView):
    """What runs and what does not, why each campaign asks or does not, which models are live."""

    @extend_schema(
        parameters=[OpenApiParameter("person", int, description="why this person is asked nothing")],
        responses=OperationsSerializer,
    )
    def get(self, request):
        told = whole(find_person(request.query_params.get("person", "")))
        return Response(
            {
                "at": told["at"],
                "state": _state(told),
                "is_well": not told["findings"] and not told["is_looking"],
                "findings": [asdict(finding) for finding in told["findings"]],
                "parts": told["parts"],
                "queues": told["queues"],
                "runs": {
                    "queued": told["runs"].queued,
                    "running": told["runs"].running,
                    "stuck": [run.pk for run in told["runs"].stuck],
                    "failed": [run.pk for run in told["runs"].failed],
                },
                "verdicts": asdict(told["verdicts"]),
                "campaigns": [
                    {
                        "id": row["campaign"].pk,
                        "name": row["campaign"].name,
                        "status": row["campaign"].status,
                        "reasons": [asdict(reason) for reason in row["reasons"]],
                    }
                    for row in told["campaigns"]
                ],
                "models": [
                    {
                        "campaign": row["version"].campaign_id,
                        "number": row["version"].number,
                        "classifier": row["version"].classifier,
                        "created_at": row["version"].created_at,
                        "average_precision": row["metric"],
                    }
                    for row in told["models"]
                ],
            }
        )


@requires("admin")
@never_cache
@require_safe
def scrape(request):
    """The figures in the text format of Prometheus, for a scraper with an admin's token."""
    known = parts.look(wait=SCRAPER_WAITS)
    text = metrics.lines(known, figures.runs(), figures.verdicts(), failed_within=timedelta(days=1))
    return HttpResponse("".join(text), content_type="text/plain; version=0.0.4; charset=utf-8")
