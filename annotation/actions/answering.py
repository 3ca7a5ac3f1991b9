"""An answer and the next tasks in one statement: the hot path of serving (docs/decisions/0012).

The function in the database does what `judging.record_judgment` and `serving.serve` do where nothing out of
the ordinary is the case, and says so where something is, before it has changed anything. Those two stay the
reference: a test holds that both ways leave the same rows and give the same replies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID

from psycopg.types.numeric import Int8

from annotation.actions.judging import LONGEST
from annotation.actions.settling import announce
from annotation.models import Verdict
from people.events import listened_for
from people.models import EventName
from people.recognising import Recognised, forget
from people.statements import fetch

ANSWER_AND_SERVE = """
SELECT * FROM annotation_answer_and_serve(
    %(session)s::text, %(data)s::text, %(person)s::bigint, %(password)s::text, %(role)s::text,
    %(language)s::text, %(campaign)s::bigint,
    %(judgment)s::uuid, %(task)s::bigint, %(answer)s::text, %(typicality)s::text, %(took)s::interval,
    %(guideline)s::bigint, %(comment)s::text, %(may_form)s::boolean,
    %(size)s::integer, %(have)s::text::bigint[])
"""
HEARD = {EventName.VERDICT_FORMED, EventName.DISPUTE_OPENED}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer in plain words: accept, reject or unsure, in the shape that the API has checked."""

    judgment_id: UUID
    task_id: int
    answer: str
    took: timedelta
    typicality: str = ""
    comment: str = ""
    guideline_id: int | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """Tasks with their content as JSON text, and what is left for `serving` to hand out."""

    guideline_id: int
    kind: str
    question: str
    tasks: list[tuple[int, str, str]]  # id, language, content
    # Tasks still to be handed out, so many of them known answers; -1: all of serving is.
    wanted: int
    known_answers: int


class Rare(Enum):
    RARE = "rare"


RARE = Rare.RARE


def answer_and_serve(
    *, who: Recognised, campaign_id: int, told: Told | None, size: int, have: Sequence[int]
) -> Served | Rare | None:
    """Keep the answer and hold the next tasks; an answer that was kept counts.

    RARE, with nothing changed, where that is for the actions in Python to do, and None where the person is
    no longer who they were. Outside a transaction all of it is committed when this returns.
    """
    ((state, verdict_id, guideline, kind, question, wanted, known_answers, *lists),) = fetch(
        ANSWER_AND_SERVE,
        {
            "session": who.session_key,
            "data": who.session_data,
            "person": Int8(who.person),
            "password": who.password,
            "role": who.role,
            "language": who.page_language,
            "campaign": Int8(campaign_id),
            "judgment": told and told.judgment_id,
            "task": told and Int8(told.task_id),
            "answer": told and told.answer,
            "typicality": told and told.typicality,
            "took": told and min(told.took, LONGEST),
            "guideline": Int8(told.guideline_id) if told and told.guideline_id else None,
            "comment": told and told.comment,
            "may_form": HEARD.isdisjoint(listened_for()),
            "size": Int8(size),
            "have": f"{{{','.join(map(str, have))}}}",
        },
    )
    if state == "unknown":
        forget(who)
        return None
    if state == "rare":
        return RARE
    if verdict_id is not None:
        announce(Verdict(pk=verdict_id))
    tasks = list(zip(*lists, strict=True)) if lists[0] else []
    return Served(guideline, kind, question, tasks, wanted, known_answers)
