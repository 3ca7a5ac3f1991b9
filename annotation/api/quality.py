"""Who takes part and how reliable they are; curators' decisions about disputes."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.actions.deciding import adjudicate, change_standing, undo_decision
from annotation.actions.removing import ask_to_remove
from annotation.api.serializers_people import (
    ParticipationSerializer,
    StandingSerializer,
    VerdictDecisionSerializer,
)
from annotation.api.serializers_reading import VerdictSerializer
from annotation.models import Campaign, Participation, Standing, Verdict
from people.access import requires
from people.api.pagination import KeyPagination
from people.models import User


@requires("curator")
class Disputes(generics.ListAPIView):
    """Standing verdicts that the crowd could not agree on, oldest first."""

    serializer_class = VerdictSerializer
    pagination_class = KeyPagination

    @extend_schema(parameters=[OpenApiParameter("campaign", int)])
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    def get_queryset(self):
        disputed = Verdict.objects.disputed().select_related("task")
        campaign = self.request.query_params.get("campaign", "") if self.request else ""
        return disputed.filter(task__campaign=campaign) if campaign.isdecimal() else disputed


@requires("curator")
class Decide(APIView):
    """Put a curator's decision in the place of a standing verdict."""

    @extend_schema(request=VerdictDecisionSerializer, responses={201: VerdictSerializer})
    def post(self, request, pk):
        verdict = get_object_or_404(Verdict.objects.select_related("task__campaign"), pk=pk)
        told = VerdictDecisionSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        decided = adjudicate(verdict=verdict, by=request.user, **told.validated_data)
        return Response(VerdictSerializer(decided).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={200: VerdictSerializer, 204: None})
    def delete(self, request, pk):
        """Take the decision back; the verdict that stood before stands again, 204 where none does."""
        verdict = get_object_or_404(Verdict.objects.select_related("task__campaign"), pk=pk)
        restored = undo_decision(verdict=verdict, by=request.user)
        if restored is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(VerdictSerializer(restored).data)


@requires("curator")
class People(generics.ListAPIView):
    """The annotators of a campaign with their reliability and its 95 % interval."""

    serializer_class = ParticipationSerializer
    pagination_class = KeyPagination

    def get_queryset(self):
        people = Participation.objects.filter(campaign=self.kwargs.get("pk"))
        return people.select_related("annotator", "campaign")


@requires("admin")
class OnePerson(APIView):
    """Pause somebody, let them go on, or take them out with all their answers.

    Taking out is done by a worker and cannot be undone; it answers 202 once
    they get nothing any more and their answers are on the way out.
    """

    @extend_schema(request=StandingSerializer, responses={200: ParticipationSerializer, 202: None})
    def post(self, request, pk, annotator):
        campaign = get_object_or_404(Campaign, pk=pk)
        person = get_object_or_404(User, pk=annotator)
        told = StandingSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = told.validated_data
        if wanted["standing"] == Standing.REMOVED:
            ask_to_remove(campaign=campaign, annotator=person, by=request.user, why=wanted["why"])
            return Response(status=status.HTTP_202_ACCEPTED)
        participation = change_standing(campaign=campaign, annotator=person, by=request.user, **wanted)
        return Response(ParticipationSerializer(participation).data)
