"""Known answers, appeals against them, and how a campaign watches over its quality, by API."""

from typing import cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation import known
from annotation.actions import appealing
from annotation.actions.gold import add_gold, refuse_proposal, retire_gold
from annotation.actions.quality import change_quality
from annotation.actions.reasking import Affected, cost_of, plan_reask
from annotation.api.serializers_quality import (
    AppealDecisionSerializer,
    AppealSerializer,
    CostSerializer,
    GoldSerializer,
    MakeGoldSerializer,
    NewAppealSerializer,
    NewReaskSerializer,
    QualityPolicySerializer,
    ReportSerializer,
    RetireGoldSerializer,
)
from annotation.models import (
    Appeal,
    Campaign,
    Gold,
    GoldStatus,
    Guideline,
    Judgment,
    QualityReport,
    RetiredFor,
    Task,
)
from people.access import requires
from people.api.pagination import KeyPagination
from people.models import User


class ByTask(KeyPagination):
    ordering = "task_id"


@requires("curator")
class KnownAnswers(generics.ListAPIView):
    """Known answers of a campaign with exposure, accuracy, age and status."""

    serializer_class = GoldSerializer
    pagination_class = ByTask

    @extend_schema(
        parameters=[OpenApiParameter("show", str, enum=["proposed", "test", "training", "retired"])]
    )
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Gold.objects.none()
        campaign = get_object_or_404(Campaign, pk=self.kwargs["pk"])
        return known.listed(campaign, self.request.query_params.get("show", ""))


@requires("curator")
class KnownAnswer(APIView):
    """Make a task a known answer (PUT), or take one out of use and refuse a proposal (DELETE)."""

    @extend_schema(request=MakeGoldSerializer, responses=GoldSerializer)
    def put(self, request, pk):
        task = get_object_or_404(Task, pk=pk)
        told = MakeGoldSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = told.validated_data
        add_gold(task=task, answer=wanted["answer"], reason=wanted["why"], use=wanted["use"], by=request.user)
        return self._answer(pk)

    @extend_schema(request=RetireGoldSerializer, responses={200: GoldSerializer})
    def delete(self, request, pk):
        gold = get_object_or_404(Gold.objects.select_related("task"), pk=pk)
        told = RetireGoldSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        words = told.validated_data["words"]
        if gold.status == GoldStatus.PROPOSED:
            refuse_proposal(gold=gold, by=request.user, words=words)
        else:
            reason = RetiredFor(told.validated_data["reason"])
            retire_gold(gold=gold, reason=reason, by=request.user, words=words)
        return self._answer(pk)

    def _answer(self, pk) -> Response:
        return Response(GoldSerializer(known.with_shown(Gold.objects.filter(pk=pk)).get()).data)


@requires("annotator")
class Appeals(generics.ListAPIView):
    """Open appeals for curators; annotators see their own. POST makes one."""

    serializer_class = AppealSerializer
    pagination_class = KeyPagination

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Appeal.objects.none()
        user = cast(User, self.request.user)
        if user.may("curator"):
            return known.appeals_waiting()
        return Appeal.objects.filter(annotator=user).select_related("task")

    @extend_schema(
        request=NewAppealSerializer,
        responses={201: AppealSerializer, 404: OpenApiResponse(description="No answer of yours.")},
    )
    def post(self, request):
        told = NewAppealSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        judgment = get_object_or_404(
            Judgment.objects.select_related("task__campaign"),
            pk=told.validated_data["judgment"],
            annotator=request.user,
        )
        appeal = appealing.appeal_judgment(
            judgment=judgment, annotator=request.user, words=told.validated_data["words"]
        )
        return Response(AppealSerializer(appeal).data, status=status.HTTP_201_CREATED)


@requires("curator")
class DecideAppeal(APIView):
    @extend_schema(request=AppealDecisionSerializer, responses=AppealSerializer)
    def post(self, request, pk):
        appeal = get_object_or_404(Appeal.objects.select_related("task__campaign"), pk=pk)
        told = AppealDecisionSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = told.validated_data
        if wanted["overturn"]:
            appeal = appealing.overturn(
                appeal=appeal, by=request.user, reply=wanted["reply"], answer=wanted["answer"]
            )
        else:
            appeal = appealing.uphold(appeal=appeal, by=request.user, reply=wanted["reply"])
        return Response(AppealSerializer(appeal).data)


@requires("curator")
class AskAnew(APIView):
    """What asking anew for a guideline version would cost; with `confirm` a worker does it (202)."""

    @extend_schema(request=NewReaskSerializer, responses={200: CostSerializer, 202: CostSerializer})
    def post(self, request, pk):
        guideline = get_object_or_404(Guideline.objects.select_related("campaign"), pk=pk)
        told = NewReaskSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = dict(told.validated_data)
        why, is_confirmed = wanted.pop("why"), wanted.pop("confirm")
        affected = Affected(**wanted)
        cost = cost_of(guideline, affected)
        if not is_confirmed:
            return Response(CostSerializer(cost).data)
        plan_reask(guideline=guideline, affected=affected, by=request.user, why=why)
        return Response(CostSerializer(cost).data, status=status.HTTP_202_ACCEPTED)


@requires("curator")
class Report(APIView):
    """Agreement, pace and who copies, as a worker last looked at it; 404 before it first did."""

    @extend_schema(responses=ReportSerializer)
    def get(self, request, pk):
        return Response(ReportSerializer(get_object_or_404(QualityReport, pk=pk)).data)


@requires("curator", to_write="admin")
class Quality(APIView):
    """How a campaign watches over its quality: known answers, test, rules that pause somebody."""

    @extend_schema(responses=QualityPolicySerializer)
    def get(self, request, pk):
        campaign = get_object_or_404(Campaign, pk=pk)
        return Response(QualityPolicySerializer(campaign.quality).data)

    @extend_schema(request=QualityPolicySerializer, responses=QualityPolicySerializer)
    def patch(self, request, pk):
        campaign = get_object_or_404(Campaign, pk=pk)
        told = QualityPolicySerializer(data=request.data, partial=True)
        told.is_valid(raise_exception=True)
        policy = change_quality(campaign=campaign, by=request.user, **told.validated_data)
        return Response(QualityPolicySerializer(policy).data)
