"""Candidates that were imported: relation sentences, and images with texts."""

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers

from mining.api.parameters import whole_number
from mining.models import Image, ImageCandidate, RelationCandidate
from people.access import requires

SHARED = ["id", "source_id", "text", "language", "category", "title", "score", "revision", "imported_by"]


class RelationCandidateSerializer(serializers.ModelSerializer):
    """`start` and `end` of subject and object are half-open offsets into the text, in characters."""

    class Meta:
        model = RelationCandidate
        fields = [
            *SHARED, "relation", "subject_text", "subject_class", "subject_start", "subject_end",
            "object_text", "object_class", "object_start", "object_end", "imported_at",
        ]  # fmt: skip
        read_only_fields = fields


class ImageSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField(help_text="The copy for pages, upright and of page size.")

    class Meta:
        model = Image
        fields = ["sha256", "mime", "width", "height", "size", "url"]
        read_only_fields = fields

    def get_url(self, image) -> str:
        return reverse("api-image", args=[image.sha256])


class ImageTextSerializer(serializers.ModelSerializer):
    image = ImageSerializer(read_only=True)

    class Meta:
        model = ImageCandidate
        fields = [*SHARED, "text_class", "image", "imported_at"]
        read_only_fields = fields


FILTERS = [
    OpenApiParameter("run", int, description="Only what this import brought in or changed."),
    OpenApiParameter("category", int, description="Id of a category concept."),
    OpenApiParameter("language", str),
]


class Proposed(generics.ListAPIView):
    def get_queryset(self):
        candidates = super().get_queryset()
        for name, field in (("run", "imported_by"), ("category", "category")):
            if (wanted := whole_number(self.request, name)) is not None:
                candidates = candidates.filter(**{field: wanted})
        if language := self.request.GET.get("language"):
            candidates = candidates.filter(language=language)
        return candidates


@extend_schema_view(get=extend_schema(parameters=[*FILTERS, OpenApiParameter("relation", str)]))
@requires("curator")
class Relations(Proposed):
    queryset = RelationCandidate.objects.all()
    serializer_class = RelationCandidateSerializer

    def get_queryset(self):
        candidates = super().get_queryset()
        relation = self.request.GET.get("relation")
        return candidates.filter(relation=relation) if relation else candidates


@requires("curator")
class OneRelation(generics.RetrieveAPIView):
    queryset = RelationCandidate.objects.all()
    serializer_class = RelationCandidateSerializer


@extend_schema_view(get=extend_schema(parameters=FILTERS))
@requires("curator")
class ImageTexts(Proposed):
    queryset = ImageCandidate.objects.select_related("image")
    serializer_class = ImageTextSerializer


@requires("curator")
class OneImageText(generics.RetrieveAPIView):
    queryset = ImageCandidate.objects.select_related("image")
    serializer_class = ImageTextSerializer
