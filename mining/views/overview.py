"""The admin's start page: what the workspace holds, where the loop stands, what it waits for."""

from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotation import statistics as asking
from annotation.models import Campaign, CampaignStatus, Verdict
from graph import statistics as graph
from mining import statistics
from mining.models import LabelSet, ModelVersion, Run, RunKind, RunStatus
from people.access import requires


@requires("admin")
@never_cache
@require_safe
def overview(request):
    campaigns = list(Campaign.objects.order_by("-pk")[:20])
    figures = asking.overview(campaigns)
    of_graph = graph.overview()
    totals = statistics.totals()
    rows = [
        {"campaign": one, "figures": figures.get(one.pk, {"tasks": 0, "decided": 0})} for one in campaigns
    ]
    return render(
        request,
        "mining/overview.html",
        {
            "totals": totals,
            "corpora": statistics.corpora(),
            "campaigns": rows,
            "runs": Run.objects.select_related("started_by").order_by("-pk")[:6],
            "graph": of_graph,
            "steps": with_next(steps(totals, rows, of_graph)),
        },
    )


def steps(totals, rows, of_graph):
    """The loop: what each step has done and, where it waits for the admin, what to do."""
    return [
        importing(totals),
        mining(totals),
        asking_step(rows),
        learning(rows),
        curating(of_graph),
        releasing(of_graph),
    ]


def step(name, number, unit, *, todo="", url="", links=None, waits=False):
    """`waits`: there is something to do here now; `todo` says what, `url` is where."""
    return {
        "name": name,
        "number": number,
        "unit": unit,
        "todo": todo,
        "url": link(url, *(links or [])),
        "waits": waits,
    }


def link(name, *arguments):
    try:
        return reverse(name, args=arguments) if name else ""
    except NoReverseMatch:
        return ""


def importing(totals):
    documents = totals["documents"]
    return step(
        _("Import"),
        documents,
        _("documents"),
        todo=_("Import files"),
        url="mining:import",
        waits=not documents,
    )


def mining(totals):
    candidates = totals["candidates"]
    runs = Run.objects.filter(kind=RunKind.MINE_PHRASES)
    last = runs.filter(status=RunStatus.DONE).order_by("-pk").first()
    running = runs.filter(status__in=[RunStatus.QUEUED, RunStatus.RUNNING]).order_by("-pk").first()
    if running:
        return step(
            _("Mine"),
            candidates,
            _("candidates"),
            todo=_("Watch the run"),
            url="mining:run",
            links=[running.pk],
        )
    imports = Run.objects.filter(kind=RunKind.IMPORT_DOCUMENTS, status=RunStatus.DONE)
    stale = totals["documents"] and (last is None or imports.filter(finished_at__gt=last.created_at).exists())
    return step(
        _("Mine"), candidates, _("candidates"), todo=_("Mine phrases"), url="mining:mine", waits=bool(stale)
    )


def asking_step(rows):
    decided = sum(row["figures"]["decided"] for row in rows)
    if not rows:
        return step(
            _("Ask"),
            decided,
            _("verdicts"),
            todo=_("New campaign"),
            url="annotation:campaign-new",
            waits=True,
        )
    drafts = [row["campaign"] for row in rows if row["campaign"].status == CampaignStatus.DRAFT]
    if drafts:
        return step(
            _("Ask"), decided, _("verdicts"), todo=_("Start a campaign"), url="annotation:campaign",
            links=[drafts[0].pk], waits=True,
        )  # fmt: skip
    # Once answers come in, the later steps say what is next.
    return step(
        _("Ask"),
        decided,
        _("verdicts"),
        todo=_("See the campaigns"),
        url="annotation:campaigns",
        waits=not decided,
    )


def learning(rows):
    models = ModelVersion.objects.count()
    live = ModelVersion.objects.filter(is_live=True).order_by("-pk").first()
    unit = ngettext("version of a model", "versions of models", models)
    # Without a model, where most is decided: that is where the first one will be.
    begun = [row for row in rows if row["figures"]["decided"]]
    if live:
        campaign = live.campaign_id
    elif begun:
        campaign = max(begun, key=lambda row: row["figures"]["decided"])["campaign"].pk
    else:
        return step(_("Learn"), models, unit)
    since = LabelSet.objects.order_by("-pk").first()
    if since:
        new = Verdict.objects.filter(pk__gt=since.last_verdict_id or 0).count()
        words = ngettext("%(unit)s, %(new)s verdict since", "%(unit)s, %(new)s verdicts since", new)
        unit = words % {"unit": unit, "new": f"{new:,}"}
    return step(
        _("Learn"), models, unit, todo=_("See the learning curve"), url="mining:learning", links=[campaign]
    )


def curating(of_graph):
    waiting = of_graph["waiting"]
    return step(
        _("Curate"), waiting, _("proposals to review"), todo=_("Review"), url="graph:queue", waits=waiting > 0
    )


def releasing(of_graph):
    release = of_graph["release"]
    decided = graph.decided_since_release()
    if release is None or decided is None:
        approved = sum(row["approved"] for row in of_graph["triples"])
        return step(
            _("Release"),
            0,
            _("releases"),
            todo=_("Cut the first release"),
            url="graph:releases",
            waits=approved > 0,
        )
    unit = _("is the newest release; %(approved)s triples approved since") % {
        "approved": f"{decided['approved']:,}"
    }
    return step(
        _("Release"),
        release.number,
        unit,
        todo=_("Cut a release"),
        url="graph:releases",
        waits=decided["approved"] > 0,
    )


def with_next(found):
    """Mark the first step that waits as the next one."""
    waiting = next((one for one in found if one["waits"]), None)
    return [{**one, "is_next": one is waiting} for one in found]
