"""The short lane of the busiest route: an answer in, the next task out, in one statement.

In front of Django's middleware stands a look at what the request is. An answer of somebody known, from our
own page, that says what answers usually say, is kept and replied to here. Whatever is out of the ordinary in
any way goes on as it came to the route itself (annotation.api.judging.Answer), which is the reference: all
refusals come from there, and so do the headers of replies, which are remembered from its own.
"""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import orjson
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error, connection
from django.http import Http404
from django.utils.translation import get_language_from_request, override

from annotation.actions.answering import RARE, Served, Told, answer_and_serve
from annotation.actions.judging import record_judgment
from annotation.actions.serving import MOST_AT_ONCE, hand_out, serve
from annotation.api.judging import asking
from annotation.api.serializers import LONGEST_MS, served
from annotation.models import Answer, Task, Typicality
from annotation.text import task_as_json
from people.errors import UserError
from people.models import User
from people.recognising import Recognised, recognise
from people.sessions import stored

ROUTE = re.compile(r"/api/v1/campaigns/([1-9][0-9]{0,17})/judgments\Z")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
TYPES = {"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"}
LONGEST_BODY = 16_384  # bytes
MOST_HAD = 200
LARGEST = 2**63 - 1
LONGEST_COMMENT = 2_000
PLAIN = {Answer.ACCEPT.value, Answer.REJECT.value, Answer.UNSURE.value}
SAYS_MORE = {"", *Typicality.values}
WANTS = {"judgments", "size", "have", "html"}
ANSWERS = {"id", "task", "answer", "took_ms", "guideline", "reason", "typicality", "comment"}
OWN_HEADERS = {"content-length", "set-cookie"}  # of one reply alone

Environ = dict[str, Any]
Headers = list[tuple[str, str]]


class Lane:
    """A WSGI application in front of Django's."""

    def __init__(self, application: Callable[..., Iterable[bytes]]):
        self.application = application
        # What the route sends with a reply, by what it depends on.
        self.headers: dict[tuple[str, bool], Headers] = {}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = ROUTE.match(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "POST" else None
        body = _read(environ) if found else None
        if found is None or body is None:
            return self.application(environ, start_response)
        reply, depends_on = None, None
        request = WSGIRequest(environ)
        try:
            if (who := _sender(request)) and (asked := _understood(body)):
                depends_on = (who.page_language or get_language_from_request(request), request.is_secure())
                if depends_on in self.headers:
                    reply = _reply(int(found[1]), who, *asked, language=depends_on[0])
        except Error:
            # The whole way tells what is wrong, or finds that it no longer is: with a fresh connection.
            if not connection.in_atomic_block:
                connection.close()
        if reply is None or depends_on is None:
            environ["wsgi.input"] = BytesIO(body)
            return self.application(environ, self._learning(depends_on, start_response))
        start_response("200 OK", [*self.headers[depends_on], ("Content-Length", str(len(reply)))])
        return [reply]

    def _learning(
        self, depends_on: tuple[str, bool] | None, start_response: Callable[..., Any]
    ) -> Callable[..., Any]:
        def start(status: str, headers: Headers, *more: Any) -> Any:
            if depends_on is not None and status.startswith("200 "):
                common = [(name, value) for name, value in headers if name.lower() not in OWN_HEADERS]
                self.headers[depends_on] = common
            return start_response(status, headers, *more)

        return start


def _read(environ: Environ) -> bytes | None:
    """The body of a request that looks as our page sends it."""
    length = environ.get("CONTENT_LENGTH") or ""
    if (
        environ.get("CONTENT_TYPE", "").lower() not in TYPES
        or environ.get("QUERY_STRING")
        or environ.get("HTTP_ACCEPT", "*/*") not in {"*/*", "application/json"}
        or not length.isdecimal()
        or int(length) > LONGEST_BODY
    ):
        return None
    return environ["wsgi.input"].read(int(length))


def _sender(request: WSGIRequest) -> Recognised | None:
    who = recognise(request, role="annotator", scope="answers")
    # As annotation.api.judging.check_annotator.
    named = request.META.get("HTTP_X_ANNOTATOR")
    return who if who and (not named or named == str(who.person)) else None


Wants = tuple[Told | None, int, list[int], bool]


def _understood(body: bytes) -> Wants | None:
    """Answer, size, have and html of a body that needs no second look."""
    if b"\\u" in body:
        return None  # escapes may hold what no text can; those that are harmless are rare
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not (type(said) is dict and said.keys() <= WANTS):
        return None
    given, size = said.get("judgments"), said.get("size", 0)
    have, html = said.get("have", []), said.get("html", False)
    if not (
        type(given) is list
        and len(given) <= 1
        and type(size) is int
        and 0 <= size <= MOST_AT_ONCE
        and type(have) is list
        and len(have) <= MOST_HAD
        and all(type(one) is int and 0 < one <= LARGEST for one in have)
        and type(html) is bool
    ):
        return None
    if not given:
        return None, size, have, html
    told = _answer(given[0])
    return None if told is None else (told, size, have, html)


def _answer(said: Any) -> Told | None:
    if not (type(said) is dict and said.keys() <= ANSWERS and said.get("answer") in PLAIN):
        return None
    judgment_id, task, took = said.get("id"), said.get("task"), said.get("took_ms")
    guideline, comment = said.get("guideline"), said.get("comment", "")
    typicality = said.get("typicality", "")
    if not (
        type(judgment_id) is str
        and ID.match(judgment_id)
        and type(task) is int
        and 0 < task <= LARGEST
        and type(took) is int
        and 0 <= took <= LONGEST_MS
        and (guideline is None or (type(guideline) is int and 0 < guideline <= LARGEST))
        and said.get("reason", "") == ""
        and type(typicality) is str
        and typicality in SAYS_MORE
        and (not typicality or said["answer"] == Answer.ACCEPT)
        and type(comment) is str
        and len(comment) <= LONGEST_COMMENT
        and comment == comment.strip()
    ):
        return None
    took_for = timedelta(milliseconds=took)
    return Told(UUID(judgment_id), task, said["answer"], took_for, typicality, comment, guideline)


def _reply(
    campaign_id: int,
    who: Recognised,
    told: Told | None,
    size: int,
    have: list[int],
    html: bool,
    *,
    language: str,
) -> bytes | None:
    done = answer_and_serve(who=who, campaign_id=campaign_id, told=told, size=size, have=have)
    if done is None:
        return None
    if done is RARE:
        return _by_actions(campaign_id, who, told, size, have, html=html, language=language)
    results: list[dict[str, Any]] = []
    if told:
        saved = {"status": "saved", "judgment": told.judgment_id, "is_counted": True, "detail": ""}
        results = [{"id": told.judgment_id, **saved}]
    shown_in = language if html else None
    tasks: list[Any] = [
        orjson.Fragment(task_as_json(pk, spoken, done.kind, done.question, content, shown_in))
        for pk, spoken, content in done.tasks
    ]
    if done.wanted:
        tasks += _rest(campaign_id, who, done, size, have, html=html, language=language)
    return orjson.dumps({"results": results, "tasks": tasks, "guideline": done.guideline_id})


def _by_actions(
    campaign_id: int,
    who: Recognised,
    told: Told | None,
    size: int,
    have: list[int],
    *,
    html: bool,
    language: str,
) -> bytes | None:
    """The reference without the middleware around it; None, for the route to say why, where it refuses."""
    if told is None:
        return None
    person = stored(User, "id = %(id)s::bigint", id=who.person)
    try:
        campaign, guideline = asking(campaign_id)
        judgment = record_judgment(
            judgment_id=told.judgment_id,
            task=Task(pk=told.task_id, campaign=campaign),
            annotator=person,
            answer=told.answer,
            took=told.took,
            typicality=told.typicality,
            comment=told.comment,
            guideline_id=told.guideline_id,
        )
    except (UserError, Task.DoesNotExist, Http404):
        return None
    saved = {"status": "saved", "judgment": judgment.pk, "is_counted": judgment.is_counted, "detail": ""}
    tasks = serve(campaign=campaign, annotator=person, size=size, have=have) if size else []
    with override(language):
        shown = [served(task, html=html) for task in tasks]
    return orjson.dumps(
        {"results": [{"id": told.judgment_id, **saved}], "tasks": shown, "guideline": guideline}
    )


def _rest(
    campaign_id: int, who: Recognised, done: Served, size: int, have: list[int], *, html: bool, language: str
) -> list[dict[str, Any]]:
    """What the statement left to be handed out in Python."""
    campaign, _guideline = asking(campaign_id)
    person = stored(User, "id = %(id)s::bigint", id=who.person)
    if done.wanted < 0:
        tasks = serve(campaign=campaign, annotator=person, size=size, have=have)
    else:
        tasks = hand_out(
            campaign=campaign,
            annotator=person,
            wanted=done.wanted,
            chosen=done.known_answers,
            holds_some=size > done.wanted,
        )
    with override(language):
        return [served(task, html=html) for task in tasks]
