"""Decisions, their undoing, and the audit trail by API."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from graph.actions.curate import decide, undo
from graph.api import serializers as shapes
from graph.api.filters import ChangeFilters
from people.access import requires
from people.api.pagination import KeyPagination
from people.models import Change


@requires("curator")
class Decisions(APIView):
    @extend_schema(request=shapes.DecisionSerializer, responses={201: shapes.DecidedSerializer})
    def post(self, request):
        """Approve or reject triples and concepts as one decision.

        Approving a triple approves its undecided ends; rejecting a concept rejects its proposed triples.
        """
        wanted = shapes.DecisionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = wanted.validated_data
        decided = decide(
            concept_ids=given["concepts"],
            triple_ids=given["triples"],
            status=given["status"],
            by=request.user,
            reason=given["reason"],
            expected=given.get("expected"),
        )
        return Response(shapes.DecidedSerializer(decided).data, status=status.HTTP_201_CREATED)


@requires("curator")
class Undo(APIView):
    @extend_schema(request=shapes.UndoSerializer, responses={201: shapes.DecidedSerializer})
    def post(self, request, batch):
        """Put everything a decision changed back; 409 where something rests on it or it was undone before."""
        wanted = shapes.UndoSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        undone = undo(batch=batch, by=request.user, reason=wanted.validated_data["reason"])
        return Response(shapes.DecidedSerializer(undone).data, status=status.HTTP_201_CREATED)


class NewestFirst(KeyPagination):
    ordering = "-id"


@requires("curator")
@extend_schema_view(get=extend_schema(parameters=[ChangeFilters]))
class Changes(generics.ListAPIView):
    """Who changed what, when and why, newest first."""

    serializer_class = shapes.ChangeSerializer
    pagination_class = NewestFirst
    queryset = Change.objects.select_related("by")

    def filter_queryset(self, queryset):
        wanted = ChangeFilters.read(self.request)
        if "by" in wanted:
            wanted["by__username"] = wanted.pop("by")
        return queryset.filter(**wanted)
