"""Rows of this room as JSON."""

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from annotation.actions.campaigns import Policy
from annotation.forms_examples import EXAMPLE_ANSWERS, LANGUAGES, LONGEST_EXAMPLE, MOST_EXAMPLES
from annotation.models import (
    Answer,
    BadReason,
    Campaign,
    Consensus,
    Guideline,
    Judgment,
    Participation,
    Priority,
    Standing,
    Task,
    Typicality,
    Verdict,
)
from annotation.models.answer import CLASS_CHOICES
from annotation.text import render_task

LONGEST_MS = 1000 * 86_400 * 365
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


class ServedTaskSerializer(serializers.Serializer):
    """A task held for the caller."""

    id = serializers.IntegerField()
    language = serializers.CharField()
    content = serializers.DictField(help_text="What the kind shows to annotators.")
    html = serializers.CharField(
        allow_blank=True, help_text="Rendered for the task page; empty unless asked for."
    )


def served(task: Task, *, html: bool) -> dict:
    return {
        "id": task.pk,
        "language": task.language,
        "content": {} if html else task.content,
        "html": render_task(task) if html else "",
    }


class NextSerializer(serializers.Serializer):
    tasks = ServedTaskSerializer(many=True)
    guideline = serializers.IntegerField(help_text="The guideline version in force, by id.")


class AnswerSerializer(serializers.Serializer):
    id = serializers.UUIDField(help_text="Made by the client; the same id again changes nothing.")
    task = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    answer = serializers.ChoiceField(choices=Answer.choices)
    took_ms = serializers.IntegerField(min_value=0, max_value=LONGEST_MS)
    guideline = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1
    )
    reason = serializers.ChoiceField(
        choices=BadReason.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of a bad candidate.",
    )
    typicality = serializers.ChoiceField(
        choices=Typicality.choices, required=False, allow_blank=True, default="", help_text="Of a yes."
    )
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class AnswersSerializer(serializers.Serializer):
    judgments = AnswerSerializer(many=True)
    size = serializers.IntegerField(min_value=0, max_value=50, default=0, help_text="How many tasks to hold.")
    have = serializers.ListField(
        child=serializers.IntegerField(),
        default=list,
        max_length=200,
        help_text="Tasks the client has already.",
    )
    html = serializers.BooleanField(default=False)


class ResultSerializer(serializers.Serializer):
    id = serializers.CharField()
    status = serializers.ChoiceField(choices=[("saved", "saved"), ("refused", "refused")])
    judgment = serializers.UUIDField(
        allow_null=True, help_text="The row that stands; of an earlier answer, maybe."
    )
    is_counted = serializers.BooleanField()
    detail = serializers.CharField(allow_blank=True)


class AnsweredSerializer(NextSerializer):
    results = ResultSerializer(many=True)


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
