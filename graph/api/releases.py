"""Releases by API: cut, read, compare, export."""

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from graph.actions.release import cut_release
from graph.api import serializers as shapes
from graph.api.filters import ConceptDifferenceFilters, DifferenceFilters, SpanFilters
from graph.exports import FORMATS
from graph.models import Release, ReleasedConcept, ReleasedTriple
from graph.views.releases import stream
from people.access import requires
from people.api.pagination import KeyPagination


class ByNumber(KeyPagination):
    ordering = "-number"


class ByRow(KeyPagination):
    ordering = "id"


@requires("curator")
class Releases(generics.ListAPIView):
    """Releases, newest first."""

    serializer_class = shapes.ReleaseSerializer
    pagination_class = ByNumber
    queryset = Release.objects.select_related("released_by")

    @extend_schema(request=shapes.NewReleaseSerializer, responses={201: shapes.ReleaseSerializer})
    def post(self, request):
        """Publish the approved graph as the next release; 409 where nothing has changed."""
        wanted = shapes.NewReleaseSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        release = cut_release(by=request.user, **wanted.validated_data)
        return Response(shapes.ReleaseSerializer(release).data, status=status.HTTP_201_CREATED)


@requires("curator")
class OneRelease(generics.RetrieveAPIView):
    serializer_class = shapes.ReleaseSerializer
    queryset = Release.objects.select_related("released_by")
    lookup_field = "number"


def span(request, number: int, filters: type[SpanFilters]) -> tuple[dict, dict[str, int]]:
    """The filters and the two releases to compare, both of which must exist (0 is the empty one)."""
    generics.get_object_or_404(Release, number=number)
    wanted = filters.read(request)
    since = wanted.pop("since", number - 1)
    if since > number or (since and not Release.objects.filter(number=since).exists()):
        raise Http404
    return wanted, {"since": since, "until": number}


@requires("curator")
class Difference(APIView):
    @extend_schema(parameters=[SpanFilters], responses=shapes.DiffSerializer)
    def get(self, request, number):
        """How much differs from an earlier release, the one before if none is named."""
        _wanted, between = span(request, number, SpanFilters)
        triples, concepts = ReleasedTriple.objects, ReleasedConcept.objects
        return Response(
            {
                **between,
                "triples_added": triples.added(**between).count(),
                "triples_removed": triples.removed(**between).count(),
                "concepts_added": concepts.added(**between).count(),
                "concepts_removed": concepts.removed(**between).count(),
                "concepts_changed": concepts.changed(**between).count(),
            }
        )


class Differences(generics.ListAPIView):
    pagination_class = ByRow
    filters: type[SpanFilters] = DifferenceFilters

    def filter_queryset(self, queryset):
        wanted, between = span(self.request, self.kwargs["number"], self.filters)
        return getattr(queryset, wanted["kind"])(**between)


@requires("curator")
@extend_schema_view(get=extend_schema(parameters=[DifferenceFilters]))
class TripleDifferences(Differences):
    """Triples that a release added, or that it no longer holds."""

    serializer_class = shapes.ReleasedTripleSerializer
    queryset = ReleasedTriple.objects.all()


@requires("curator")
@extend_schema_view(get=extend_schema(parameters=[ConceptDifferenceFilters]))
class ConceptDifferences(Differences):
    """Concepts that a release added, changed, or no longer holds."""

    serializer_class = shapes.ReleasedConceptSerializer
    queryset = ReleasedConcept.objects.all()
    filters = ConceptDifferenceFilters


@requires("curator")
class Export(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("format_name", str, OpenApiParameter.PATH, enum=list(FORMATS))],
        responses={
            (200, format.content_type.partition(";")[0]): OpenApiResponse(
                OpenApiTypes.OBJECT if "json" in format.content_type else OpenApiTypes.BINARY
            )
            for format in FORMATS.values()
        },
    )
    def get(self, request, number, format_name):
        """The release in a format, streamed; the same bytes every time."""
        if format_name not in FORMATS:
            raise Http404
        return stream(generics.get_object_or_404(Release, number=number), FORMATS[format_name])
