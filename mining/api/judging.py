"""Blind judging over the API: start one, and what it says so far."""

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from mining.actions.blind_judging import SAMPLE, SAMPLE_MOST, judging_report, start_blind_judging
from mining.phrases.parameters import LANGUAGES
from mining.views.judging import judgings
from people.access import requires


class NewJudgingSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    runs = serializers.ListField(child=serializers.IntegerField(), allow_empty=False, max_length=50)
    language = serializers.ChoiceField(LANGUAGES)
    sample = serializers.IntegerField(default=SAMPLE, min_value=1, max_value=SAMPLE_MOST)
    seed = serializers.IntegerField(default=1, min_value=0, max_value=2**31 - 1)


class StartedJudgingSerializer(serializers.Serializer):
    campaign = serializers.IntegerField()
    phrases = serializers.IntegerField()


class RunPrecisionSerializer(serializers.Serializer):
    """`precision` is yes of yes and no; what the judges were unsure of is left out and counted by itself."""

    run = serializers.IntegerField()
    drawn = serializers.IntegerField()
    yes = serializers.IntegerField()
    no = serializers.IntegerField()
    unsure = serializers.IntegerField()
    open = serializers.IntegerField()
    precision = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Wilson, 95 %."
    )


class JudgePairSerializer(serializers.Serializer):
    first = serializers.CharField()
    second = serializers.CharField()
    both = serializers.IntegerField()
    agreed = serializers.IntegerField()
    kappa = serializers.FloatField(allow_null=True, help_text="Cohen's, of yes and no.")


class JudgingReportSerializer(serializers.Serializer):
    runs = RunPrecisionSerializer(many=True)
    pairs = JudgePairSerializer(many=True)
    alpha = serializers.FloatField(allow_null=True, help_text="Krippendorff's, of yes and no.")
    judged = serializers.IntegerField()
    phrases = serializers.IntegerField()
    unsure_answers = serializers.IntegerField()


@requires("admin")
class StartJudging(APIView):
    @extend_schema(request=NewJudgingSerializer, responses={201: StartedJudgingSerializer})
    def post(self, request):
        asked = NewJudgingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        campaign = start_blind_judging(by=request.user, **asked.validated_data)
        told = {"campaign": campaign.pk, "phrases": campaign.tasks.count()}
        return Response(told, status=status.HTTP_201_CREATED)


@requires("curator")
class JudgingReport(APIView):
    """Precision of each run with its interval, and agreement of the judges."""

    @extend_schema(responses=JudgingReportSerializer)
    def get(self, request, campaign_id):
        campaign = generics.get_object_or_404(judgings(), pk=campaign_id)
        return Response(JudgingReportSerializer(judging_report(campaign).as_json()).data)
