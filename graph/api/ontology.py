"""The ontology by API."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from graph.actions.setup import load_ontology
from graph.api import serializers as shapes
from graph.models import ConceptClass, Ontology, Relation
from graph.ontology import OntologyError
from people.access import requires


@requires("annotator", to_write="admin")
class OntologyView(APIView):
    @extend_schema(responses=shapes.OntologySerializer)
    def get(self, request):
        """The ontology in force, with the classes and relations that are retired but in use."""
        ontology = Ontology.objects.order_by("-pk").first()
        if ontology is None:
            raise NotFound("No ontology is loaded yet.")
        relations = Relation.objects.select_related("scope").prefetch_related("domain", "range")
        vars(ontology).update(classes=ConceptClass.objects.all(), relations=relations)
        return Response(shapes.OntologySerializer(ontology).data)

    @extend_schema(
        request=shapes.NewOntologySerializer,
        responses={200: shapes.LoadedSerializer, 422: shapes.OntologyProblemsSerializer},
    )
    def post(self, request):
        """Put a YAML ontology in force; 422 names every wrong line, and nothing is changed."""
        wanted = shapes.NewOntologySerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            loaded = load_ontology(by=request.user, **wanted.validated_data)
        except OntologyError as error:
            answer = {"detail": str(error), "problems": error.problems}
            return Response(
                shapes.OntologyProblemsSerializer(answer).data, status=status.HTTP_422_UNPROCESSABLE_ENTITY
            )
        return Response(shapes.LoadedSerializer(loaded).data)
