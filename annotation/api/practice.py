"""Tests and training by API, and what stands between the caller and the tasks."""

from datetime import timedelta

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.actions.practising import answer_attempt, next_task, start_attempt
from annotation.api.serializers import LONGEST_MS, ServedTaskSerializer, served
from annotation.gate import gate_of
from annotation.models import Attempt, Campaign, Mode, Task
from annotation.models.answer import CLASS_CHOICES
from people.access import requires


class OwnStandingSerializer(serializers.Serializer):
    state = serializers.ChoiceField(
        choices=[(name, name) for name in ("open", "test", "failed", "not_ready", "paused", "removed")],
        help_text="open: tasks are handed out; otherwise what comes first.",
    )
    told = serializers.CharField(help_text="Why, in words for the annotator.", allow_blank=True)
    attempts_left = serializers.IntegerField()
    has_training = serializers.BooleanField()


class BeginSerializer(serializers.Serializer):
    mode = serializers.ChoiceField(choices=Mode.choices)


class AttemptSerializer(serializers.ModelSerializer):
    size = serializers.IntegerField(read_only=True)
    answered = serializers.SerializerMethodField()
    next = serializers.SerializerMethodField()

    class Meta:
        model = Attempt
        fields = [
            "id",
            "campaign",
            "mode",
            "number",
            "size",
            "answered",
            "next",
            "started_at",
            "finished_at",
            "right",
            "passed",
        ]
        read_only_fields = fields

    def get_answered(self, attempt) -> int:
        return attempt.answers.count()

    @extend_schema_field(ServedTaskSerializer(allow_null=True))
    def get_next(self, attempt) -> dict | None:
        task = next_task(attempt)
        return served(task, html=False) if task else None


class PracticeAnswerSerializer(serializers.Serializer):
    task = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    answer = serializers.ChoiceField(choices=CLASS_CHOICES)
    took_ms = serializers.IntegerField(min_value=0, max_value=LONGEST_MS, default=0)


class PractisedSerializer(serializers.Serializer):
    """In training with the right answer and why; in a test without."""

    is_right = serializers.BooleanField(allow_null=True)
    known = serializers.CharField(allow_blank=True)
    why = serializers.CharField(allow_blank=True)
    attempt = AttemptSerializer()


@requires("annotator")
class OwnStanding(APIView):
    @extend_schema(responses=OwnStandingSerializer)
    def get(self, request, pk):
        campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
        gate = gate_of(campaign, request.user)
        person = gate.participation
        told = person.told if person and gate.state in ("paused", "removed") else ""
        facts = {"attempts_left": gate.attempts_left, "has_training": gate.has_training}
        return Response({"state": gate.state, "told": told, **facts})


@requires("annotator")
class Attempts(APIView):
    """Begin a test or training, or go on with the one under way."""

    @extend_schema(request=BeginSerializer, responses={201: AttemptSerializer})
    def post(self, request, pk):
        campaign = get_object_or_404(Campaign.objects.visible_to(request.user).running(), pk=pk)
        told = BeginSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        attempt = start_attempt(campaign=campaign, annotator=request.user, **told.validated_data)
        return Response(AttemptSerializer(attempt).data, status=status.HTTP_201_CREATED)


@requires("annotator")
class AttemptAnswers(APIView):
    @extend_schema(request=PracticeAnswerSerializer, responses=PractisedSerializer)
    def post(self, request, pk):
        attempt = get_object_or_404(Attempt, pk=pk, annotator=request.user)
        told = PracticeAnswerSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = told.validated_data
        task = get_object_or_404(Task, pk=wanted["task"], campaign=attempt.campaign_id)
        took = timedelta(milliseconds=wanted["took_ms"])
        given = answer_attempt(attempt=attempt, task=task, answer=wanted["answer"], took=took)
        attempt.refresh_from_db()
        is_told = attempt.mode == Mode.TRAINING
        return Response(
            {
                "is_right": given.is_right if is_told else None,
                "known": given.known if is_told else "",
                "why": task.gold_reason if is_told else "",
                "attempt": AttemptSerializer(attempt).data,
            }
        )
