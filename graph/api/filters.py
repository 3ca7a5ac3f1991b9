"""Filters of lists: query parameters declared as a serializer; a value that cannot be understood is a 400."""

from rest_framework import serializers

from graph.models import Status

BIGGEST_ID = 2**63 - 1


def an_id(**options):
    return serializers.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False, **options)


class Filters(serializers.Serializer):
    @classmethod
    def read(cls, request) -> dict:
        """The parameters that were sent, checked; empty ones count as not sent."""
        sent = {name: value for name, value in request.query_params.items() if value != ""}
        filters = cls(data=sent)
        filters.is_valid(raise_exception=True)
        return filters.validated_data


class ConceptFilters(Filters):
    concept_class = serializers.CharField(required=False, max_length=60)
    status = serializers.ChoiceField(Status.choices, required=False)
    language = serializers.CharField(required=False, max_length=8)
    external_id = serializers.CharField(required=False, max_length=200)
    key = serializers.UUIDField(required=False)
    label = serializers.CharField(  # type: ignore[assignment]
        required=False, max_length=500, help_text="A label of it begins so."
    )


class TripleFilters(Filters):
    relation = serializers.CharField(required=False, max_length=60)
    status = serializers.ChoiceField(Status.choices, required=False)
    subject = an_id()
    object = an_id()
    scope = an_id()
    concept = an_id(help_text="At either end or as scope.")
    key = serializers.UUIDField(required=False)
    least = serializers.FloatField(required=False, min_value=0, max_value=1, help_text="Posterior at least.")
    simulated = serializers.BooleanField(required=False, allow_null=True, default=None)


class ChangeFilters(Filters):
    by = serializers.CharField(required=False, max_length=150, help_text="Username.")
    entity = serializers.CharField(required=False, max_length=40)
    entity_id = an_id()
    action = serializers.CharField(required=False, max_length=40)
    batch = serializers.UUIDField(required=False)


class SpanFilters(Filters):
    since = serializers.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, help_text="A release; the one before if empty."
    )


class DifferenceFilters(SpanFilters):
    kind = serializers.ChoiceField(["added", "removed"], default="added")


class ConceptDifferenceFilters(SpanFilters):
    kind = serializers.ChoiceField(["added", "removed", "changed"], default="added")
