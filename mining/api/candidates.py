"""Phrase candidates over the API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers

from mining.api.parameters import whole_number
from mining.models import PhraseCandidate, PhraseExample
from mining.sentences.normal_form import normal_form
from people.access import requires
from people.api.pagination import KeyPagination


class CandidateSerializer(serializers.ModelSerializer):
    class Meta:
        model = PhraseCandidate
        fields = [
            "id",
            "text",
            "normal_form",
            "language",
            "category",
            "is_primary",
            "revision",
            "count",
            "document_count",
            "pmi",
            "left_entropy",
            "right_entropy",
            "boundary_share",
            "lift",
            "association",
            "variants",
            "score",
            "first_run",
            "last_run",
            "created_at",
        ]
        read_only_fields = fields


class ExampleSerializer(serializers.ModelSerializer):
    """`start` and `end` are offsets within the sentence."""

    class Meta:
        model = PhraseExample
        fields = ["sentence", "start", "end"]
        read_only_fields = fields


class WholeCandidateSerializer(CandidateSerializer):
    examples = ExampleSerializer(many=True, read_only=True)

    class Meta(CandidateSerializer.Meta):
        fields = [*CandidateSerializer.Meta.fields, "examples"]
        read_only_fields = fields


class ByScore(KeyPagination):
    ordering = ("-score", "id")  # type: ignore[assignment]


FILTERS = [
    OpenApiParameter("run", int, description="Only what this run proposed."),
    OpenApiParameter("category", int, description="Id of a category concept."),
    OpenApiParameter("language", str),
    OpenApiParameter("q", str, description="Part of the phrase."),
]


@extend_schema_view(get=extend_schema(parameters=FILTERS))
@requires("curator")
class Candidates(generics.ListAPIView):
    """Candidates, best score first."""

    serializer_class = CandidateSerializer
    pagination_class = ByScore
    queryset = PhraseCandidate.objects.all()

    def get_queryset(self):
        candidates = super().get_queryset()
        if (run := whole_number(self.request, "run")) is not None:
            candidates = candidates.filter(runs__run=run)
        if (category := whole_number(self.request, "category")) is not None:
            candidates = candidates.filter(category=category)
        if language := self.request.GET.get("language"):
            candidates = candidates.filter(language=language)
        if words := normal_form(self.request.GET.get("q", "")):
            candidates = candidates.filter(normal_form__contains=words)
        return candidates


@requires("curator")
class OneCandidate(generics.RetrieveAPIView):
    queryset = PhraseCandidate.objects.prefetch_related("examples")
    serializer_class = WholeCandidateSerializer
