"""Tasks, judgments and verdicts as JSON, for those who look at them."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.api.serializers_campaigns import GuidelineSerializer
from annotation.models import (
    BadReason,
    Guideline,
    Judgment,
    Task,
    Typicality,
    Verdict,
)


class JudgmentSerializer(serializers.ModelSerializer):
    took_ms = serializers.SerializerMethodField()
    campaign = serializers.IntegerField(source="task.campaign_id", read_only=True)
    annotator_name = serializers.CharField(source="annotator.username", read_only=True)
    guideline_version = serializers.IntegerField(source="guideline.version", read_only=True)
    # Written out, because a model's own would leave the empty one out of the description.
    reason = serializers.ChoiceField(choices=BadReason.choices, allow_blank=True, read_only=True)
    typicality = serializers.ChoiceField(choices=Typicality.choices, allow_blank=True, read_only=True)

    class Meta:
        model = Judgment
        fields = [
            "id",
            "task",
            "campaign",
            "annotator",
            "annotator_name",
            "answer",
            "reason",
            "typicality",
            "took_ms",
            "guideline",
            "guideline_version",
            "comment",
            "is_counted",
            "is_simulated",
            "judged_at",
            "withdrawn_at",
        ]
        read_only_fields = fields

    def get_took_ms(self, judgment) -> int:
        return round(judgment.took.total_seconds() * 1000)


class TaskSerializer(serializers.ModelSerializer):
    content = serializers.DictField(read_only=True)
    gold_answer = serializers.CharField(read_only=True)

    class Meta:
        model = Task
        fields = [
            "id",
            "campaign",
            "candidate_id",
            "revision",
            "language",
            "content",
            "seats_free",
            "seats_granted",
            "pool",
            "chosen_by",
            "represented_by",
            "is_check",
            "score",
            "scored_by",
            "gold_answer",
            "gold_reason",
            "created_at",
        ]
        read_only_fields = fields


class TaskDetailSerializer(TaskSerializer):
    judgments = JudgmentSerializer(many=True, read_only=True)

    class Meta(TaskSerializer.Meta):
        fields = [*TaskSerializer.Meta.fields, "judgments"]
        read_only_fields = fields


class VerdictSerializer(serializers.ModelSerializer):
    campaign = serializers.IntegerField(source="task.campaign_id", read_only=True)
    answer = serializers.CharField(read_only=True, help_text="accept, reject, unsure or bad")
    reason = serializers.ChoiceField(choices=BadReason.choices, allow_blank=True, read_only=True)
    votes = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    # The model version that had scored the task; promise 3 wants it within one call.
    scored_by = serializers.IntegerField(source="task.scored_by", read_only=True, allow_null=True)
    score = serializers.FloatField(source="task.score", read_only=True, allow_null=True)

    class Meta:
        model = Verdict
        fields = [
            "id",
            "task",
            "campaign",
            "answer",
            "reason",
            "typicality",
            "posterior",
            "people_posterior",
            "confidence",
            "is_disputed",
            "method",
            "votes",
            "decided_by",
            "why",
            "taken_from",
            "score",
            "scored_by",
            "formed_at",
            "acted_at",
            "withdrawn_at",
        ]
        read_only_fields = fields


class VerdictDetailSerializer(VerdictSerializer):
    """The whole trail of a verdict: its judgments with their guidelines, and the task as it was asked."""

    judgments = JudgmentSerializer(many=True, read_only=True)
    guidelines = serializers.SerializerMethodField()
    content = serializers.DictField(source="task.content", read_only=True)

    class Meta(VerdictSerializer.Meta):
        fields = [*VerdictSerializer.Meta.fields, "content", "judgments", "guidelines"]
        read_only_fields = fields

    @extend_schema_field(GuidelineSerializer(many=True))
    def get_guidelines(self, verdict):
        versions = Guideline.objects.filter(judgments__in=verdict.basis).distinct().order_by("version")
        return GuidelineSerializer(versions, many=True).data
