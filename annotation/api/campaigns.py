"""Campaigns by API."""

from dataclasses import asdict, fields
from typing import cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation import forecast
from annotation.actions.campaigns import (
    Policy,
    change_campaign,
    check_question,
    create_campaign,
    finish_campaign,
    new_guideline_version,
    pause_campaign,
    start_campaign,
)
from annotation.actions.filling import start_filling
from annotation.api.serializers_campaigns import (
    CampaignChangeSerializer,
    CampaignSerializer,
    EstimateSerializer,
    FilledSerializer,
    GuidelineSerializer,
    NewCampaignSerializer,
    NewGuidelineSerializer,
    OwnCampaignSerializer,
    PlannedCampaignSerializer,
)
from annotation.models import Campaign, Guideline
from people.access import requires
from people.models import User

POLICY = {field.name for field in fields(Policy)}


class AsFarAsVisible(generics.GenericAPIView):
    """Campaigns that the caller may see, with as much of them as the caller may know."""

    serializer_class = CampaignSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Campaign.objects.none()
        return Campaign.objects.visible_to(self.request.user)

    def get_serializer_class(self):
        if getattr(self, "swagger_fake_view", False) or cast(User, self.request.user).may("curator"):
            return CampaignSerializer
        return OwnCampaignSerializer


@requires("annotator", to_write="admin")
class Campaigns(AsFarAsVisible, generics.ListAPIView):
    """Campaigns that the caller can work on; all of them, with their policy, for curators and admins."""

    @extend_schema(request=NewCampaignSerializer, responses={201: CampaignSerializer})
    def post(self, request):
        wanted = NewCampaignSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = dict(wanted.validated_data)
        policy = Policy(**{name: given.pop(name) for name in POLICY & set(given)})
        campaign = create_campaign(by=request.user, policy=policy, **given)
        return Response(CampaignSerializer(campaign).data, status=status.HTTP_201_CREATED)


@requires("admin")
class Estimate(APIView):
    """What a campaign would take in answers, hours and money, without making it."""

    @extend_schema(request=PlannedCampaignSerializer, responses=EstimateSerializer)
    def post(self, request):
        wanted = PlannedCampaignSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        given = dict(wanted.validated_data)
        policy = Policy(**{name: given.pop(name) for name in POLICY & set(given)})
        names = ("kind", "question", "languages", "source")
        asked = {name: given[name] for name in names if name in given}
        check_question(asked["kind"], asked["question"])
        try:
            found = forecast.estimate(**asked, policy=policy)
        except (TypeError, ValueError) as error:  # the kind's source cannot read its options
            raise serializers.ValidationError({"source": [str(error)]}) from None
        told = asdict(found)
        told["candidates"], told["is_more"] = found.candidates.by_language, found.candidates.is_more
        return Response(told)


@requires("annotator", to_write="admin")
class OneCampaign(AsFarAsVisible, generics.RetrieveAPIView):
    @extend_schema(request=CampaignChangeSerializer, responses=CampaignSerializer)
    def patch(self, request, pk):
        campaign = self.get_object()
        wanted = CampaignChangeSerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        campaign = change_campaign(campaign=campaign, by=request.user, **wanted.validated_data)
        return Response(CampaignSerializer(campaign).data)


@requires("admin")
class Fill(APIView):
    """Make tasks of all candidates that the campaign has not asked about.

    The first ones at once; where there are many, a worker goes on and the campaign's `filling` says how
    far it is.
    """

    @extend_schema(request=None, responses=FilledSerializer)
    def post(self, request, pk):
        campaign = get_object_or_404(Campaign, pk=pk)
        started = start_filling(campaign, by=request.user)
        return Response({"added": started.added, "goes_on": started.goes_on})


class Move(APIView):
    move = staticmethod(start_campaign)

    @extend_schema(request=None, responses=CampaignSerializer)
    def post(self, request, pk):
        campaign = self.move(campaign=get_object_or_404(Campaign, pk=pk), by=request.user)
        return Response(CampaignSerializer(campaign).data)


@requires("admin")
class Start(Move):
    move = staticmethod(start_campaign)


@requires("admin")
class Pause(Move):
    move = staticmethod(pause_campaign)


@requires("admin")
class Finish(Move):
    move = staticmethod(finish_campaign)


class Readable(generics.GenericAPIView):
    """Guidelines that the caller is asked under, or has answered under."""

    serializer_class = GuidelineSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Guideline.objects.none()
        return Guideline.objects.visible_to(self.request.user)


@requires("annotator", to_write="curator")
class Guidelines(Readable, generics.ListAPIView):
    """The versions of a campaign's guideline; POST makes the next one."""

    def get_queryset(self):
        return super().get_queryset().filter(campaign=self.kwargs.get("pk"))

    @extend_schema(request=NewGuidelineSerializer, responses={201: GuidelineSerializer})
    def post(self, request, pk):
        campaign = get_object_or_404(Campaign, pk=pk)
        wanted = NewGuidelineSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        guideline = new_guideline_version(campaign=campaign, by=request.user, **wanted.validated_data)
        return Response(GuidelineSerializer(guideline).data, status=status.HTTP_201_CREATED)


@requires("annotator")
class OneGuideline(Readable, generics.RetrieveAPIView):
    pass
