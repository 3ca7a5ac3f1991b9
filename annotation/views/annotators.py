"""The annotators of a campaign: how reliable, how quick, how alike; and what an admin decides about them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation.actions.deciding import change_standing
from annotation.actions.practising import grant_attempt, let_in
from annotation.actions.removing import ask_to_remove
from annotation.forms_quality import PersonForm
from annotation.models import Campaign, Participation, QualityReport, Standing
from people.access import requires
from people.errors import UserError
from people.models import User

SHOWN = 200


@requires("curator")
@never_cache
@require_safe
def annotators(request, campaign_id):
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    people = campaign.participations.select_related("annotator")
    rows = list(people.order_by("-judgments", "pk")[:SHOWN])
    for row in rows:
        row.campaign = campaign
    report = QualityReport.objects.filter(pk=campaign.pk).first()
    return render(
        request,
        "annotation/annotators.html",
        {
            "campaign": campaign,
            "people": rows,
            "waiting": list(people.filter(standing=Standing.PAUSED).order_by("stopped_at", "pk")[:SHOWN]),
            "report": report,
            "flagged": _flagged(report),
            "policy": campaign.quality,
        },
    )


def _flagged(report: QualityReport | None) -> list[dict]:
    """The rings of the report with their members' names and the pairs between them."""
    if report is None or not report.rings:
        return []
    members = {person for ring in report.rings for person in ring}
    names = dict(User.objects.filter(pk__in=members).values_list("pk", "username"))
    return [
        {
            "names": [names.get(person, str(person)) for person in ring],
            "pairs": [
                {**pair, "names": (names.get(pair["one"], "?"), names.get(pair["other"], "?"))}
                for pair in report.pairs
                if {pair["one"], pair["other"]} <= set(ring)
            ],
        }
        for ring in report.rings
    ]


@requires("admin")
@require_POST
def decide(request, campaign_id, annotator_id):
    """Pause, let go on, remove, let in without the test, or grant another attempt."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    person = get_object_or_404(
        Participation.objects.select_related("annotator"), campaign=campaign, annotator=annotator_id
    ).annotator
    form = PersonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why: the person reads it, and it stays in the trail."))
        return redirect("annotation:annotators", campaign.pk)
    told = {"campaign": campaign, "annotator": person, "by": request.user, "why": form.cleaned_data["why"]}
    try:
        _do(form.cleaned_data["do"], told)
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("annotation:annotators", campaign.pk)


def _do(what: str, told: dict) -> None:
    if what == "remove":
        ask_to_remove(**told)
    elif what == "let_in":
        let_in(**told)
    elif what == "grant":
        grant_attempt(**told)
    else:
        standing = Standing.PAUSED if what == "pause" else Standing.ACTIVE
        change_standing(standing=standing, **told)
