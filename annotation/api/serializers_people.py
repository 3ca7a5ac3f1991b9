"""People in a campaign, and what is decided about them and about disputes, as JSON."""

from rest_framework import serializers

from annotation.models import (
    BadReason,
    Participation,
    Standing,
)
from annotation.models.answer import CLASS_CHOICES


class VerdictDecisionSerializer(serializers.Serializer):
    """A curator's word in place of the crowd's."""

    answer = serializers.ChoiceField(choices=CLASS_CHOICES)
    reason = serializers.ChoiceField(
        choices=BadReason.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of a bad candidate.",
    )
    why = serializers.CharField(max_length=2000)


class ParticipationSerializer(serializers.ModelSerializer):
    annotator_name = serializers.CharField(source="annotator.username", read_only=True)
    is_trusted = serializers.BooleanField(read_only=True)
    habits = serializers.DictField(
        read_only=True, help_text="Pace, distribution of answers, known answers, reliability in the kind."
    )

    class Meta:
        model = Participation
        fields = [
            "annotator",
            "annotator_name",
            "standing",
            "why",
            "reliability",
            "reliability_low",
            "reliability_high",
            "judgments",
            "is_trusted",
            "measured_at",
            "rule",
            "stopped_at",
            "resumed_at",
            "qualified_at",
            "habits",
        ]
        read_only_fields = fields


class StandingSerializer(serializers.Serializer):
    standing = serializers.ChoiceField(choices=Standing.choices)
    why = serializers.CharField(max_length=2000)
