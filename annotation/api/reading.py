"""Judgments, tasks and verdicts to read: every link of a verdict's trail by one call."""

from typing import cast

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics

from annotation.api.serializers_reading import (
    JudgmentSerializer,
    TaskDetailSerializer,
    TaskSerializer,
    VerdictDetailSerializer,
    VerdictSerializer,
)
from annotation.models import Judgment, Task, Verdict
from people.access import requires
from people.api.pagination import KeyPagination
from people.models import User

CAMPAIGN = OpenApiParameter("campaign", int, description="only those of one campaign")


class ByTime(KeyPagination):
    ordering = ("-judged_at", "id")  # type: ignore[assignment]


class OfCampaign(generics.ListAPIView):
    """Narrowed by ?campaign=, where it is a number."""

    by = "task__campaign"

    def filter_queryset(self, queryset):
        campaign = self.request.query_params.get("campaign", "")
        if not campaign:
            return queryset
        return queryset.filter(**{self.by: int(campaign)}) if campaign.isdecimal() else queryset.none()


@requires("annotator")
@extend_schema_view(get=extend_schema(parameters=[CAMPAIGN]))
class Judgments(OfCampaign):
    """One's own answers, newest first; everybody's for curators and admins."""

    serializer_class = JudgmentSerializer
    pagination_class = ByTime

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Judgment.objects.none()
        judgments = Judgment.objects.select_related("task", "annotator", "guideline")
        user = cast(User, self.request.user)
        return judgments if user.may("curator") else judgments.filter(annotator=user)


@requires("curator")
@extend_schema_view(get=extend_schema(parameters=[CAMPAIGN]))
class Tasks(OfCampaign):
    serializer_class = TaskSerializer
    queryset = Task.objects.all()
    by = "campaign"


@requires("curator")
class OneTask(generics.RetrieveAPIView):
    """A task with all its judgments."""

    serializer_class = TaskDetailSerializer
    queryset = Task.objects.prefetch_related(
        "judgments__annotator", "judgments__guideline", "judgments__task"
    )


@requires("curator")
@extend_schema_view(
    get=extend_schema(
        parameters=[CAMPAIGN, OpenApiParameter("withdrawn", bool, description="with those that fell again")]
    )
)
class Verdicts(OfCampaign):
    serializer_class = VerdictSerializer

    def get_queryset(self):
        verdicts = Verdict.objects.select_related("task")
        wants_all = self.request.query_params.get("withdrawn") == "true" if self.request else False
        return verdicts if wants_all else verdicts.standing()


@requires("curator")
class OneVerdict(generics.RetrieveAPIView):
    """A verdict with its judgments, their guideline versions, and the model version that scored its task."""

    serializer_class = VerdictDetailSerializer
    queryset = Verdict.objects.select_related("task")
