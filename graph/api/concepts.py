"""Concepts, triples and their trail by API."""

from django.db.models import Exists, OuterRef
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from graph.actions import words
from graph.api import serializers as shapes
from graph.api.filters import ConceptFilters, TripleFilters
from graph.identity import normal_form
from graph.models import Concept, Evidence, Label, ReleasedTriple, Triple
from people.access import requires
from people.models import Change


@requires("curator")
@extend_schema_view(get=extend_schema(parameters=[ConceptFilters]))
class Concepts(generics.ListAPIView):
    serializer_class = shapes.ConceptSerializer
    queryset = Concept.objects.select_related("concept_class")

    def filter_queryset(self, queryset):
        wanted = ConceptFilters.read(self.request)
        label = wanted.pop("label", None)
        if "concept_class" in wanted:
            wanted["concept_class__name"] = wanted.pop("concept_class")
        if label:
            begins = Label.objects.filter(concept=OuterRef("pk"), normal_form__startswith=normal_form(label))
            queryset = queryset.filter(Exists(begins))
        return queryset.filter(**wanted)


@requires("curator")
class OneConcept(generics.RetrieveAPIView):
    """A concept with its labels and evidence."""

    serializer_class = shapes.ConceptDetailSerializer
    queryset = Concept.objects.select_related("concept_class").prefetch_related("labels", "evidence")


@requires("curator")
class Labels(APIView):
    @extend_schema(request=shapes.NewLabelSerializer, responses={201: shapes.LabelSerializer})
    def post(self, request, pk):
        """Add an alias, or put a preferred label in place; the one before becomes an alias."""
        concept = generics.get_object_or_404(Concept, pk=pk)
        wanted = shapes.NewLabelSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = dict(wanted.validated_data)
        change = words.relabel if given.pop("is_preferred") else words.add_alias
        label = change(concept=concept, by=request.user, **given)
        return Response(shapes.LabelSerializer(label).data, status=status.HTTP_201_CREATED)


@requires("curator")
class OneLabel(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request, pk, label_id):
        """Remove an alias."""
        label = generics.get_object_or_404(Label, pk=label_id, concept=pk)
        words.remove_alias(label=label, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@requires("curator")
@extend_schema_view(get=extend_schema(parameters=[TripleFilters]))
class Triples(generics.ListAPIView):
    serializer_class = shapes.TripleSerializer
    queryset = Triple.objects.with_parts()

    def filter_queryset(self, queryset):
        wanted = TripleFilters.read(self.request)
        if "relation" in wanted:
            wanted["relation__name"] = wanted.pop("relation")
        if "least" in wanted:
            wanted["posterior__gte"] = wanted.pop("least")
        simulated, concept = wanted.pop("simulated", None), wanted.pop("concept", None)
        if simulated is not None:
            wanted["is_simulated"] = simulated
        if concept is not None:
            queryset = queryset.touching([concept])
        return queryset.filter(**wanted)


@requires("curator")
class OneTriple(generics.RetrieveAPIView):
    """A triple with its evidence."""

    serializer_class = shapes.TripleDetailSerializer
    queryset = Triple.objects.with_parts().prefetch_related("evidence")


@requires("curator")
class Trail(APIView):
    @extend_schema(responses=shapes.TrailSerializer)
    def get(self, request, pk):
        """Why the triple is believed: evidence with the addresses of its sources, releases, changes."""
        triple = generics.get_object_or_404(Triple.objects.with_parts(), pk=pk)
        changes = Change.objects.filter(entity="triple", entity_id=pk).select_related("by")
        trail = {
            "triple": triple,
            "evidence": triple.evidence.order_by("pk"),
            "concepts": Evidence.objects.filter(concept__in=triple.end_ids).order_by("pk"),
            "releases": ReleasedTriple.objects.filter(triple=triple).order_by("first_release"),
            "changes": changes.order_by("pk"),
        }
        return Response(shapes.TrailSerializer(trail).data)
