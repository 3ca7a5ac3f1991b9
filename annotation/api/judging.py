"""Being asked and answering by API: what the task page and the simulated crowd use."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.actions.judging import record_judgment, withdraw_judgment
from annotation.actions.serving import MOST_AT_ONCE, serve
from annotation.api.serializers import (
    AnsweredSerializer,
    AnswerSerializer,
    AnswersSerializer,
    JudgmentSerializer,
    NextSerializer,
    served,
)
from annotation.models import Campaign, Judgment, Task
from people.access import requires
from people.errors import UserError

MOST_JUDGMENTS = 100


@requires("annotator")
class Next(APIView):
    """Tasks held for the caller: first those they hold already, then new ones."""

    @extend_schema(
        parameters=[
            OpenApiParameter("size", int, description=f"1 to {MOST_AT_ONCE}, 1 unless given"),
            OpenApiParameter("html", bool, description="rendered for the task page instead of content"),
        ],
        responses=NextSerializer,
    )
    def get(self, request, pk):
        campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
        wanted = _Wanted(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        return Response(_next(campaign, request.user, have=[], **wanted.validated_data))


class _Wanted(serializers.Serializer):
    size = serializers.IntegerField(min_value=1, max_value=MOST_AT_ONCE, default=1)
    html = serializers.BooleanField(default=False)


@requires("annotator")
class Answer(APIView):
    """Answers in, next tasks out, in one round trip.

    Each answer stands for itself: one that cannot be taken is refused with its reason, the others are
    kept. A paused or finished campaign still takes answers, but hands out nothing.
    """

    @extend_schema(request=AnswersSerializer, responses=AnsweredSerializer)
    def post(self, request, pk):
        check_annotator(request)
        campaign = get_object_or_404(Campaign, pk=pk)
        if not isinstance(request.data, dict) or not isinstance(request.data.get("judgments"), list):
            raise ValidationError({"judgments": ["A list of answers is needed."]})
        given = request.data["judgments"]
        if len(given) > MOST_JUDGMENTS:
            raise ValidationError({"judgments": [f"At most {MOST_JUDGMENTS} answers at once."]})
        wanted = AnswersSerializer(data={**request.data, "judgments": []})
        wanted.is_valid(raise_exception=True)
        results = _record(campaign, request.user, given)
        more = {name: wanted.validated_data[name] for name in ("size", "have", "html")}
        return Response({"results": results, **_next(campaign, request.user, **more)})


@requires("annotator")
class Withdraw(APIView):
    """Undo one of one's own last answers; the task is held again."""

    @extend_schema(responses=JudgmentSerializer)
    def delete(self, request, pk):
        check_annotator(request)
        get_object_or_404(Judgment, pk=pk, annotator=request.user)
        return Response(JudgmentSerializer(withdraw_judgment(judgment_id=pk, annotator=request.user)).data)

    @extend_schema(responses=JudgmentSerializer)
    def get(self, request, pk):
        judgments = Judgment.objects.select_related("task", "annotator", "guideline")
        if not request.user.may("curator"):
            judgments = judgments.filter(annotator=request.user)
        return Response(JudgmentSerializer(get_object_or_404(judgments, pk=pk)).data)


def check_annotator(request) -> None:
    """A page opened by one person must not send their answers as somebody who logged in since."""
    named = request.headers.get("X-Annotator")
    if named and named != str(request.user.pk):
        raise PermissionDenied("Somebody else is logged in now.")


def _record(campaign, annotator, given: list) -> list[dict]:
    answers = [AnswerSerializer(data=answer) for answer in given]
    named = {answer.validated_data["task"] for answer in answers if answer.is_valid()}
    tasks = campaign.tasks.only("pk").in_bulk(named)
    return [_record_one(annotator, answer, tasks) for answer in answers]


def _record_one(annotator, answer: AnswerSerializer, tasks: dict[int, Task]) -> dict:
    raw = answer.initial_data if isinstance(answer.initial_data, dict) else {}
    result = {"id": str(raw.get("id", "")), "status": "refused", "judgment": None, "is_counted": False}
    if not answer.is_valid():
        why = [f"{name}: {error}" for name, errors in answer.errors.items() for error in errors]
        return {**result, "detail": " ".join(why)}
    told = dict(answer.validated_data)
    task = tasks.get(told.pop("task"))
    if task is None:
        return {**result, "detail": "This campaign has no such task."}
    try:
        judgment = record_judgment(
            judgment_id=told["id"],
            task=task,
            annotator=annotator,
            answer=told["answer"],
            took=timedelta(milliseconds=told["took_ms"]),
            reason=told["reason"],
            typicality=told["typicality"],
            comment=told["comment"],
            guideline_id=told["guideline"],
        )
    except UserError as error:
        return {**result, "detail": str(error)}
    saved = {"status": "saved", "judgment": str(judgment.pk), "is_counted": judgment.is_counted, "detail": ""}
    return {**result, **saved}


def _next(campaign, annotator, *, size: int, html: bool, have: list[int]) -> dict:
    tasks = serve(campaign=campaign, annotator=annotator, size=size) if size else []
    return {
        "tasks": [served(task, html=html) for task in tasks if task.pk not in set(have)],
        "guideline": campaign.guideline.pk,
    }
