"""Being asked and answering by API: what the task page and the simulated crowd use."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.actions.clusters import split_off
from annotation.actions.judging import record_judgment
from annotation.actions.serving import MOST_AT_ONCE, serve
from annotation.actions.undoing import withdraw_judgment
from annotation.api.serializers import (
    AnsweredSerializer,
    AnswerSerializer,
    AnswersSerializer,
    NextSerializer,
    served,
)
from annotation.api.serializers_reading import JudgmentSerializer, TaskSerializer
from annotation.models import Campaign, Judgment, Task
from people.access import requires
from people.errors import UserError
from people.statements import columns, fetch, instances

MOST_JUDGMENTS = 100
LARGEST = 2**63 - 1


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
        guideline = campaign.guideline.pk
        return Response(_next(campaign, request.user, guideline=guideline, have=[], **wanted.validated_data))


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
        campaign, guideline = asking(pk)
        if not isinstance(request.data, dict) or not isinstance(request.data.get("judgments"), list):
            raise ValidationError({"judgments": ["A list of answers is needed."]})
        given = request.data["judgments"]
        if len(given) > MOST_JUDGMENTS:
            raise ValidationError({"judgments": [f"At most {MOST_JUDGMENTS} answers at once."]})
        more = WANTED.run_validation({**request.data, "judgments": []})
        del more["judgments"]
        results = [_record_one(campaign, request.user, answer) for answer in given]
        return Response({"results": results, **_next(campaign, request.user, guideline=guideline, **more)})


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


@requires("curator")
class Split(APIView):
    """Let a near-duplicate speak for itself: it leaves its cluster, and what was answered stays."""

    @extend_schema(request=None, responses=TaskSerializer)
    def post(self, request, pk):
        task = get_object_or_404(Task.objects.select_related("campaign"), pk=pk)
        return Response(TaskSerializer(split_off(task=task, by=request.user)).data)


def check_annotator(request) -> None:
    """A page opened by one person must not send their answers as somebody who logged in since."""
    named = request.headers.get("X-Annotator")
    if named and named != str(request.user.pk):
        raise PermissionDenied("Somebody else is logged in now.")


# One each for all requests: they keep nothing of what they check, and making them costs more than the checks.
ANSWER, WANTED = AnswerSerializer(), AnswersSerializer()


def _record_one(campaign: Campaign, annotator, raw) -> dict:
    given_id = str(raw.get("id", "")) if isinstance(raw, dict) else ""
    result = {"id": given_id, "status": "refused", "judgment": None, "is_counted": False}
    try:
        told = ANSWER.run_validation(raw)
    except ValidationError as error:
        return {**result, "detail": _why(error.detail)}
    try:
        judgment = record_judgment(
            judgment_id=told["id"],
            task=Task(pk=told["task"], campaign=campaign),
            annotator=annotator,
            answer=told["answer"],
            took=timedelta(milliseconds=told["took_ms"]),
            reason=told["reason"],
            typicality=told["typicality"],
            comment=told["comment"],
            guideline_id=told["guideline"],
        )
    except Task.DoesNotExist:
        return {**result, "detail": "This campaign has no such task."}
    except UserError as error:
        return {**result, "detail": str(error)}
    saved = {"status": "saved", "judgment": str(judgment.pk), "is_counted": judgment.is_counted, "detail": ""}
    return {**result, **saved}


def _why(detail) -> str:
    return " ".join(f"{name}: {error}" for name, errors in detail.items() for error in errors)


def _next(campaign, annotator, *, guideline: int, size: int, html: bool, have: list[int]) -> dict:
    tasks = serve(campaign=campaign, annotator=annotator, size=size, have=have) if size else []
    return {
        "tasks": [served(task, html=html) for task in tasks],
        "guideline": guideline,
    }


ASKING = """
SELECT guideline.id, {campaign} FROM annotation_campaign AS campaign
JOIN annotation_guideline AS guideline ON guideline.campaign_id = campaign.id
WHERE campaign.id = %(campaign)s::bigint ORDER BY guideline.version DESC LIMIT 1
"""


def asking(pk: int) -> tuple[Campaign, int]:
    """The campaign, and its guideline in force."""
    if pk > LARGEST:
        raise Http404
    for row in fetch(ASKING.format(campaign=columns(Campaign, "campaign")), {"campaign": pk}):
        (campaign,) = instances(Campaign, [row[1:]])
        return campaign, row[0]
    raise Http404
