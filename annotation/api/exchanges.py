"""Exchange with Label Studio by API."""

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.actions.exchanging import start_exchange
from annotation.labelstudio.tasks import export_lines
from annotation.models import Campaign, Exchange, ExchangeAction
from people.access import requires
from people.api.pagination import KeyPagination

AT_SERVER = [ExchangeAction.DEPLOY.value, ExchangeAction.RECYCLE.value]


class ExchangeProblemSerializer(serializers.Serializer):
    row = serializers.IntegerField()
    reason = serializers.CharField()


class ExchangeSerializer(serializers.ModelSerializer):
    counts = serializers.DictField(
        child=serializers.IntegerField(),
        read_only=True,
        help_text="sent; or counted, kept (no seat was free), known, second (of one person), refused.",
    )
    problems = ExchangeProblemSerializer(many=True, read_only=True)

    class Meta:
        model = Exchange
        fields = [
            "id",
            "campaign",
            "action",
            "status",
            "done",
            "total",
            "counts",
            "problems",
            "error",
            "started_by",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields


class PeopleField(serializers.DictField):
    """Label Studio's e-mail address to a user name of ours."""

    def __init__(self, **kwargs):
        super().__init__(
            child=serializers.CharField(max_length=150),
            required=False,
            help_text="Their e-mail address → our user name; others get accounts of their own.",
            **kwargs,
        )


class NewExchangeSerializer(serializers.Serializer):
    action = serializers.ChoiceField(choices=AT_SERVER)
    predictions = serializers.BooleanField(default=True, help_text="Send what the model thinks.")
    people = PeopleField()


class FileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="A JSON export of Label Studio.")
    people = serializers.JSONField(required=False, help_text='{"ann@example.org": "mei"}')

    def validate_people(self, value):
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values()):
            raise serializers.ValidationError("An object of e-mail address and user name is wanted.")
        return value


class NewestFirst(KeyPagination):
    ordering = "-id"


@requires("curator", to_write="admin")
class Exchanges(generics.ListAPIView):
    """The jobs of a campaign, newest first."""

    serializer_class = ExchangeSerializer
    pagination_class = NewestFirst

    def get_queryset(self):
        return Exchange.objects.filter(campaign=self.kwargs.get("pk"))

    @extend_schema(request=NewExchangeSerializer, responses={202: ExchangeSerializer})
    def post(self, request, pk):
        """Send the tasks to Label Studio, or fetch the answers from there."""
        campaign = get_object_or_404(Campaign, pk=pk)
        told = NewExchangeSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        exchange = start_exchange(campaign=campaign, by=request.user, **told.validated_data)
        return Response(ExchangeSerializer(exchange).data, status=status.HTTP_202_ACCEPTED)


@requires("admin")
class ImportFile(APIView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="campaigns_exchanges_import",
        request={"multipart/form-data": FileSerializer},
        responses={202: ExchangeSerializer},
    )
    def post(self, request, pk):
        """Read the answers in a JSON export of Label Studio; the same file again changes nothing."""
        campaign = get_object_or_404(Campaign, pk=pk)
        told = FileSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        exchange = start_exchange(
            campaign=campaign, action=ExchangeAction.IMPORT, by=request.user, **told.validated_data
        )
        return Response(ExchangeSerializer(exchange).data, status=status.HTTP_202_ACCEPTED)


@requires("curator")
class OneExchange(generics.RetrieveAPIView):
    serializer_class = ExchangeSerializer
    queryset = Exchange.objects.all()


@requires("admin")
class Export(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("predictions", bool, description="what the model thinks")],
        responses={(200, "application/json"): OpenApiTypes.ANY},
    )
    def get(self, request, pk):
        """The campaign in Label Studio's JSON: tasks, predictions and answers, ready to be imported there."""
        campaign = get_object_or_404(Campaign, pk=pk)
        wanted = serializers.BooleanField(default=True)
        predictions = wanted.run_validation(request.query_params.get("predictions", True))
        return download(campaign, predictions=predictions)


def download(campaign: Campaign, *, predictions: bool = True) -> StreamingHttpResponse:
    lines = export_lines(campaign, predictions=predictions)
    response = StreamingHttpResponse(lines, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="campaign-{campaign.pk}-label-studio.json"'
    return response
