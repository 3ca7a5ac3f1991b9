"""Everything a page shows about one concept or triple; the same for the reading pane and the full page."""

from typing import Any

from django.db.models import Case, IntegerField, Q, When
from django.utils.translation import gettext_lazy as _

from graph.models import Concept, Evidence, Status, Triple
from graph.references import page_url
from people.models import Change

HISTORY, EVIDENCE, TRIPLES = 20, 30, 50


def about_triple(triple: Triple) -> dict[str, Any]:
    return {
        "triple": triple,
        "row": triple,
        "kind": "triple",
        "evidence": evidence_of(triple),
        "history": history_of("triple", triple.pk),
    }


def about_concept(concept: Concept) -> dict[str, Any]:
    return {
        "concept": concept,
        "row": concept,
        "kind": "concept",
        "labels": concept.labels.order_by("language", "-is_preferred", "text"),
        "evidence": evidence_of(concept),
        "history": history_of("concept", concept.pk),
    }


def evidence_of(row: Concept | Triple) -> list[Evidence]:
    """Verdicts first, then sentences, then the rest; each with a link to its source."""
    order = Case(
        When(kind="verdict", then=0), When(kind="sentence", then=1), default=2, output_field=IntegerField()
    )
    evidence = list(row.evidence.order_by(order, "-pk")[:EVIDENCE])
    for item in evidence:
        vars(item)["url"] = page_url(item.reference)
    return evidence


def history_of(entity: str, pk: int) -> list[Change]:
    changes = (
        Change.objects.filter(entity=entity, entity_id=pk).select_related("by").order_by("-pk")[:HISTORY]
    )
    return readable(list(changes))


# What the trail says in the language of the page; a word that is not here is shown as it is.
ACTIONS = {
    "propose": _("proposed"),
    "add evidence": _("evidence added"),
    "remove evidence": _("evidence taken back"),
    "withdraw": _("withdrawn"),
    "approve": _("approved"),
    "reject": _("rejected"),
    "undo": _("undone"),
    "relabel": _("relabelled"),
    "add alias": _("alias added"),
    "remove alias": _("alias removed"),
    "import": _("imported"),
    "release": _("released"),
    "load": _("loaded"),
    "invite": _("invited"),
    "revoke": _("revoked"),
    "sign up": _("signed up"),
    "change": _("changed"),
    "create": _("created"),
    "start": _("started"),
    "pause": _("paused"),
    "finish": _("finished"),
    "fill": _("filled"),
    "gold": _("marked as known"),
    "rescore": _("scored again"),
    "adjudicate": _("decided as a dispute"),
    "remove": _("removed"),
    "resume": _("let in again"),
    "change role": _("role changed"),
    "issue token": _("token issued"),
    "revoke token": _("token revoked"),
    "new guideline": _("new guideline"),
    "standing": _("standing changed"),
    "undo adjudicate": _("decision undone"),
    "train": _("trained"),
    "make live": _("made live"),
    "correct gold": _("known answer corrected"),
    "retire gold": _("known answer retired"),
    "refuse gold": _("known answer refused"),
    "decide appeal": _("appeal decided"),
    "change quality": _("quality rules changed"),
    "ask anew": _("asked anew"),
    "split": _("asked by itself"),
    "let in": _("let in without the test"),
    "grant attempt": _("another attempt granted"),
    "export": _("exported"),
    "disable": _("switched off"),
    "delete": _("deleted"),
    "rotate secret": _("secret renewed"),
    "label studio deploy": _("sent to Label Studio"),
    "label studio recycle": _("fetched from Label Studio"),
    "label studio import": _("read from a Label Studio file"),
}


def readable(changes: list[Change]) -> list[Change]:
    """Changes with what a page shows of them: `words`, `moved` from one status to another, `actor_url`."""
    for change in changes:
        statuses = [(side or {}).get("status") for side in (change.before, change.after)]
        known = [Status(status).label if status in Status.values else "" for status in statuses]
        # Set here for the templates: an actor is a reference where it has a page, such as "run/3".
        vars(change).update(
            words=ACTIONS.get(change.action, change.action),
            moved=" → ".join(str(label) for label in known) if all(known) else "",
            actor_url=page_url(change.actor),
        )
    return changes


def triples_around(concept: Concept) -> list[Triple]:
    """The first triples at either end of a concept, approved ones first."""
    order = Case(
        When(status=Status.APPROVED, then=0),
        When(status=Status.PROPOSED, then=1),
        default=2,
        output_field=IntegerField(),
    )
    rows = Triple.objects.with_parts().filter(Q(subject=concept) | Q(object=concept) | Q(scope=concept))
    return list(rows.order_by(order, "relation__name", "pk")[: TRIPLES + 1])
