"""Known answers, appeals and quality policies as JSON."""

from rest_framework import serializers

from annotation.models import Appeal, FromVerdicts, Gold, GoldUse, QualityPolicy, QualityReport, RetiredFor
from annotation.models.answer import CLASS_CHOICES


class GoldSerializer(serializers.ModelSerializer):
    shown = serializers.IntegerField(read_only=True, help_text="To how many people.")
    accuracy = serializers.FloatField(read_only=True, allow_null=True)
    campaign = serializers.IntegerField(source="task.campaign_id", read_only=True)
    retired_for = serializers.ChoiceField(choices=RetiredFor.choices, allow_blank=True, read_only=True)

    class Meta:
        model = Gold
        fields = [
            "task",
            "campaign",
            "answer",
            "why",
            "use",
            "status",
            "source",
            "verdict",
            "shown",
            "answered",
            "right",
            "accuracy",
            "suspicion",
            "made_by",
            "made_at",
            "retired_for",
            "retired_at",
        ]
        read_only_fields = fields


class ReportSerializer(serializers.ModelSerializer):
    agreement = serializers.ListField(
        child=serializers.DictField(), help_text="Krippendorff's alpha of campaign, versions and kind."
    )
    pairs = serializers.ListField(child=serializers.DictField())
    rings = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))

    class Meta:
        model = QualityReport
        fields = [
            "campaign",
            "made_at",
            "judgments",
            "agreement",
            "pairs",
            "rings",
            "median_seconds",
            "quick_seconds",
        ]
        read_only_fields = fields


class AffectedSerializer(serializers.Serializer):
    """Which tasks a changed guideline affects; what is left out narrows nothing down."""

    answers = serializers.ListField(child=serializers.ChoiceField(choices=CLASS_CHOICES), default=list)
    categories = serializers.ListField(child=serializers.CharField(max_length=200), default=list)
    only_disputed = serializers.BooleanField(default=False)
    less_sure_than = serializers.FloatField(min_value=0, max_value=1, allow_null=True, default=None)
    words = serializers.ListField(child=serializers.CharField(max_length=200), default=list)


class NewReaskSerializer(AffectedSerializer):
    why = serializers.CharField(max_length=500, allow_blank=True, default="")
    confirm = serializers.BooleanField(default=False, help_text="Without it only the cost is told.")


class CostSerializer(serializers.Serializer):
    tasks = serializers.IntegerField()
    verdicts = serializers.IntegerField(help_text="That fall.")
    set_aside = serializers.IntegerField(help_text="Answers that count no longer.")
    answers = serializers.IntegerField(help_text="That are asked for at least.")
    seconds = serializers.FloatField(allow_null=True, help_text="All of them at the campaign's median pace.")


class MakeGoldSerializer(serializers.Serializer):
    """A known answer, or a proposal accepted."""

    answer = serializers.ChoiceField(choices=CLASS_CHOICES)
    why = serializers.CharField(max_length=500, allow_blank=True, default="")
    use = serializers.ChoiceField(choices=GoldUse.choices, default=GoldUse.MEASURE)


class RetireGoldSerializer(serializers.Serializer):
    reason = serializers.ChoiceField(
        choices=[(RetiredFor.BY_HAND, "by_hand"), (RetiredFor.WRONG, "wrong")], default=RetiredFor.BY_HAND
    )
    words = serializers.CharField(max_length=500, allow_blank=True, default="")


class AppealSerializer(serializers.ModelSerializer):
    campaign = serializers.IntegerField(source="task.campaign_id", read_only=True)

    class Meta:
        model = Appeal
        fields = [
            "id",
            "task",
            "campaign",
            "annotator",
            "judgment",
            "answer",
            "told",
            "words",
            "made_at",
            "status",
            "decided_by",
            "decided_at",
            "reply",
        ]
        read_only_fields = fields


class NewAppealSerializer(serializers.Serializer):
    judgment = serializers.UUIDField(help_text="One's own answer that was corrected.")
    words = serializers.CharField(max_length=2000)


class AppealDecisionSerializer(serializers.Serializer):
    overturn = serializers.BooleanField(help_text="Whether the annotator was right.")
    answer = serializers.ChoiceField(
        choices=CLASS_CHOICES,
        required=False,
        allow_blank=True,
        default="",
        help_text="The right answer, where it is overturned; empty: nobody knows it.",
    )
    reply = serializers.CharField(max_length=2000)


class QualityPolicySerializer(serializers.ModelSerializer):
    gold_from_verdicts = serializers.ChoiceField(choices=FromVerdicts.choices, required=False)
    gold_judges = serializers.IntegerField(min_value=2, max_value=15, required=False)
    gold_days = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
    gold_shown = serializers.IntegerField(min_value=0, max_value=30_000, required=False)
    test_attempts = serializers.IntegerField(min_value=1, max_value=20, required=False)

    class Meta:
        model = QualityPolicy
        exclude = ["campaign"]
