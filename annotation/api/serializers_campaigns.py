"""Campaigns, their policies and guidelines as JSON."""

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from annotation.actions.campaigns import Policy
from annotation.forms_examples import EXAMPLE_ANSWERS, LANGUAGES, LONGEST_EXAMPLE, MOST_EXAMPLES
from annotation.models import (
    Campaign,
    Consensus,
    Guideline,
    Priority,
)

DEFAULTS = Policy()


# What somebody who answers needs to know. How much is known beforehand, which share measures the model and
# the seed that all of it is drawn by would help to tell known answers from questions.
TOLD_TO_ANNOTATORS = [
    "id",
    "name",
    "kind",
    "question",
    "status",
    "languages",
    "overlap",
    "asks_typicality",
    "lease_seconds",
    "guideline",
]


@extend_schema_serializer(extensions={"x-told-to-everybody": TOLD_TO_ANNOTATORS})
class CampaignSerializer(serializers.ModelSerializer):
    """A campaign with its policy, of which annotators are told what they need for answering."""

    lease_seconds = serializers.SerializerMethodField()
    guideline = serializers.SerializerMethodField(help_text="The id of the version in force.")

    class Meta:
        model = Campaign
        fields = [
            "id",
            "name",
            "kind",
            "question",
            "status",
            "languages",
            "overlap",
            "stop_at",
            "least_overlap",
            "trusted_alone",
            "trust_at",
            "consensus",
            "dispute_below",
            "model_votes",
            "priority",
            "breadth_first",
            "asks_typicality",
            "lease_seconds",
            "gold_share",
            "evaluation_share",
            "random_share",
            "check_share",
            "retrain_every",
            "price_per_answer",
            "currency",
            "source",
            "seed",
            "guideline",
            "created_by",
            "created_at",
        ]
        read_only_fields = fields

    def get_lease_seconds(self, campaign) -> float:
        return campaign.lease_for.total_seconds()

    def get_guideline(self, campaign) -> int:
        return campaign.guideline.pk


class OwnCampaignSerializer(CampaignSerializer):
    """A campaign as annotators are told of it."""

    class Meta(CampaignSerializer.Meta):
        fields = TOLD_TO_ANNOTATORS
        read_only_fields = fields


class CampaignChangeSerializer(serializers.Serializer):
    """What may change once a campaign exists."""

    name = serializers.CharField(max_length=120, required=False)
    languages = serializers.ListField(
        child=serializers.ChoiceField(choices=["en", "zh"]), min_length=1, required=False
    )
    lease_seconds = serializers.IntegerField(min_value=10, max_value=86_400, required=False)
    stop_at = serializers.FloatField(
        min_value=0.5,
        max_value=1,
        required=False,
        allow_null=True,
        help_text="Adaptive overlap: ask one more at a time until the likeliest answer is so probable.",
    )
    trusted_alone = serializers.BooleanField(
        required=False, help_text="One answer is enough from annotators whose reliability is proven."
    )
    trust_at = serializers.FloatField(min_value=0, max_value=1, required=False)
    consensus = serializers.ChoiceField(choices=Consensus.choices, required=False)
    dispute_below = serializers.FloatField(min_value=0, max_value=1, required=False)
    model_votes = serializers.BooleanField(required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    breadth_first = serializers.BooleanField(required=False)
    asks_typicality = serializers.BooleanField(required=False)
    gold_share = serializers.FloatField(min_value=0, max_value=1, required=False)
    evaluation_share = serializers.FloatField(min_value=0, max_value=1, required=False)
    random_share = serializers.FloatField(min_value=0, max_value=1, required=False)
    check_share = serializers.FloatField(
        min_value=0, max_value=1, required=False, help_text="Of near-duplicates, so many are asked to check."
    )
    retrain_every = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False)
    price_per_answer = serializers.DecimalField(
        max_digits=9, decimal_places=4, min_value=Decimal(0), required=False
    )
    currency = serializers.RegexField(
        r"^[A-Z]{3}\Z", required=False, help_text="Three letters, as in ISO 4217."
    )
    source = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="What the kind's source of candidates reads."
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)

    def validate(self, attrs):
        if "lease_seconds" in attrs:
            attrs["lease_for"] = timedelta(seconds=attrs.pop("lease_seconds"))
        return attrs


class NewCampaignSerializer(CampaignChangeSerializer):
    name = serializers.CharField(max_length=120)
    kind = serializers.CharField(max_length=40, default="phrase")
    question = serializers.CharField(max_length=40)
    overlap = serializers.IntegerField(min_value=1, max_value=15, default=DEFAULTS.overlap)
    least_overlap = serializers.IntegerField(min_value=1, max_value=15, default=DEFAULTS.least_overlap)
    seed = serializers.IntegerField(required=False, min_value=-(2**63), max_value=2**63 - 1)
    reason = None  # type: ignore[assignment]


class PlannedCampaignSerializer(NewCampaignSerializer):
    """A campaign to be reckoned with: as for a new one, but it needs no name."""

    name = serializers.CharField(max_length=120, required=False)


class RangeSerializer(serializers.Serializer):
    low = serializers.FloatField()
    mean = serializers.FloatField()
    high = serializers.FloatField()


class EstimateSerializer(serializers.Serializer):
    """What a campaign would take, from what people of its kind have shown so far."""

    candidates = serializers.DictField(child=serializers.IntegerField(), help_text="language → number")
    is_more = serializers.BooleanField(help_text="There are more candidates than were counted.")
    per_task = RangeSerializer(help_text="Answers to one task.")
    answers = RangeSerializer()
    hours = RangeSerializer(help_text="Of people's work.")
    cost = RangeSerializer(allow_null=True)
    currency = serializers.CharField()
    reliability = RangeSerializer()
    seconds = RangeSerializer(help_text="For one answer.")
    assumptions = serializers.ListField(child=serializers.CharField())


class FilledSerializer(serializers.Serializer):
    added = serializers.IntegerField(help_text="Tasks that are new.")
    goes_on = serializers.BooleanField(help_text="A worker makes further ones.")


class GuidelineSerializer(serializers.ModelSerializer):
    text = serializers.DictField(child=serializers.CharField(), help_text="language → text")
    examples = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))

    class Meta:
        model = Guideline
        fields = ["id", "campaign", "version", "text", "examples", "created_by", "created_at"]
        read_only_fields = ["id", "campaign", "version", "created_by", "created_at"]


class GuidelineExampleSerializer(serializers.Serializer):
    """A candidate beside the guideline: a good one, a bad one, or one where nobody can tell, and why."""

    answer = serializers.ChoiceField(choices=EXAMPLE_ANSWERS)
    language = serializers.ChoiceField(choices=LANGUAGES)
    candidate = serializers.CharField(max_length=LONGEST_EXAMPLE)
    why = serializers.CharField(max_length=LONGEST_EXAMPLE, allow_blank=True, default="")


class GuidelineTextSerializer(serializers.Serializer):
    en = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    zh = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)

    def validate(self, attrs):
        told = {language: words.replace("\r\n", "\n") for language, words in attrs.items() if words.strip()}
        if not told:
            raise serializers.ValidationError(_("Write the guideline in at least one language."))
        return told


class NewGuidelineSerializer(serializers.Serializer):
    text = GuidelineTextSerializer(help_text="language → text")
    examples = serializers.ListField(child=GuidelineExampleSerializer(), max_length=MOST_EXAMPLES)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)
