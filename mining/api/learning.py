"""Model versions, label sets and training over the API."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.models import Campaign
from mining.actions import learning
from mining.classifiers.base import CLASSIFIERS, DEFAULT
from mining.models import Evaluation, LabelSet, LabelSetItem, ModelVersion, Run
from people.access import requires


class LabelSetSerializer(serializers.ModelSerializer):
    class Meta:
        model = LabelSet
        fields = ["id", "campaign", "run", "frozen_at", "training", "evaluation", "last_verdict"]
        read_only_fields = fields


class LabelSetItemSerializer(serializers.ModelSerializer):
    answer = serializers.CharField(
        source="verdict.answer", read_only=True, help_text="accept, reject or bad: a class of its own"
    )
    reason = serializers.CharField(
        source="verdict.reason", read_only=True, help_text="Why a candidate is bad, for its miner."
    )

    class Meta:
        model = LabelSetItem
        fields = ["id", "task", "verdict", "split", "is_positive", "answer", "reason"]
        read_only_fields = fields


class EvaluationSerializer(serializers.ModelSerializer):
    """Metrics are `[value, low, high]` with a 95 % interval, or null where undefined."""

    class Meta:
        model = Evaluation
        fields = ["label_set", "metrics", "evaluated_at"]
        read_only_fields = fields


class ModelVersionSerializer(serializers.ModelSerializer):
    evaluations = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields = [
            "id",
            "campaign",
            "number",
            "classifier",
            "is_live",
            "label_set",
            "run",
            "digest",
            "trained_in",
            "created_at",
            "evaluations",
        ]
        read_only_fields = fields

    @extend_schema_field(EvaluationSerializer(many=True))
    def get_evaluations(self, version):
        newest_first = sorted(version.evaluations.all(), key=lambda one: -one.label_set_id)
        return EvaluationSerializer(newest_first, many=True).data


class TrainingSerializer(serializers.Serializer):
    classifier = serializers.ChoiceField(choices=sorted(CLASSIFIERS), default=DEFAULT)


class TrainingRunSerializer(serializers.ModelSerializer):
    class Meta:
        model = Run
        fields = ["id", "kind", "status", "parameters", "stage", "done", "total", "created_at"]
        read_only_fields = fields


NOT_ENOUGH = OpenApiResponse(description="Not enough labels, or a training run is under way.")


@requires("curator")
class CampaignModelVersions(generics.ListAPIView):
    """The versions of a campaign's model in the order they were trained."""

    serializer_class = ModelVersionSerializer
    queryset = ModelVersion.objects.prefetch_related("evaluations")

    def get_queryset(self):
        campaign = get_object_or_404(Campaign, pk=self.kwargs["campaign_id"])
        return super().get_queryset().filter(campaign=campaign)


@requires("curator")
class ModelVersionDetail(generics.RetrieveAPIView):
    """One version: its metrics on every label set it was measured on, its labels and its digest."""

    serializer_class = ModelVersionSerializer
    queryset = ModelVersion.objects.prefetch_related("evaluations")


@requires("curator")
class MakeLive(APIView):
    @extend_schema(
        request=None,
        responses={202: TrainingRunSerializer, 204: None, 409: NOT_ENOUGH},
        tags=["model-versions"],
    )
    def post(self, request, pk):
        """Let this version rank the queue; 202 with the run that rescores, 204 where it already does."""
        run = learning.make_live(model_version=get_object_or_404(ModelVersion, pk=pk), by=request.user)
        if run is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(TrainingRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


@requires("curator")
class Train(APIView):
    @extend_schema(
        request=TrainingSerializer,
        responses={202: TrainingRunSerializer, 409: NOT_ENOUGH},
        tags=["campaigns"],
    )
    def post(self, request, campaign_id):
        """Train now. While a run is under way, that run is answered and nothing is started."""
        asked = TrainingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        campaign = get_object_or_404(Campaign, pk=campaign_id)
        run = learning.start_training(campaign=campaign, by=request.user, **asked.validated_data)
        return Response(TrainingRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


@requires("curator")
class LabelSetDetail(generics.RetrieveAPIView):
    """The frozen labels of one training run, in numbers."""

    serializer_class = LabelSetSerializer
    queryset = LabelSet.objects.all()


@requires("curator")
class LabelSetItems(generics.ListAPIView):
    """Every label of a set: the task, the verdict it came from, and which part it is in."""

    serializer_class = LabelSetItemSerializer
    queryset = LabelSetItem.objects.select_related("verdict")

    def get_queryset(self):
        label_set = get_object_or_404(LabelSet, pk=self.kwargs["pk"])
        return super().get_queryset().filter(label_set=label_set)
