"""Encoders over the API: list, look at one, start a training."""

import dataclasses

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from mining.actions.encoders import BadEncoderParameters, start_encoder_training
from mining.api.runs import RunSerializer
from mining.encoders.parameters import PRECISIONS, SIZES, TrainingParameters
from mining.models import Encoder
from people.access import requires


class MeasuredSerializer(serializers.Serializer):
    """On held-out sentences. Loss in nats per hidden token; shares guessed right at once, among ten."""

    step = serializers.IntegerField()
    loss = serializers.FloatField()
    perplexity = serializers.FloatField()
    top1 = serializers.FloatField()
    top10 = serializers.FloatField()


class EncoderSerializer(serializers.ModelSerializer):
    reference = serializers.CharField(source="__str__", read_only=True, help_text="What mining runs name.")
    history = MeasuredSerializer(many=True, read_only=True)

    class Meta:
        model = Encoder
        fields = [
            "id",
            "name",
            "number",
            "reference",
            "run",
            "digest",
            "parameters",
            "corpus",
            "training",
            "history",
            "created_at",
        ]
        read_only_fields = fields


def _field(field: dataclasses.Field) -> serializers.Field:
    help_text = f"Default {field.default}."
    if field.name in (choices := {"size": tuple(SIZES), "precision": PRECISIONS}):
        return serializers.ChoiceField(choices[field.name], required=False, help_text=help_text)
    kind = serializers.FloatField if isinstance(field.default, float) else serializers.IntegerField
    return kind(required=False, help_text=help_text)


class EncoderTrainingSerializer(serializers.Serializer):
    """What is left out has its default."""

    name = serializers.CharField(max_length=60)
    corpora = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="All, if empty."
    )
    language = serializers.CharField(required=False, help_text="zh or en; both, if empty.")

    def get_fields(self):
        return {
            **super().get_fields(),
            **{field.name: _field(field) for field in dataclasses.fields(TrainingParameters)},
        }

    def to_internal_value(self, data):
        if strange := sorted(set(data) - set(self.fields)):
            raise ValidationError({name: ["There is no such parameter."] for name in strange})
        return super().to_internal_value(data)


@extend_schema_view(get=extend_schema(parameters=[OpenApiParameter("name", str)]))
@requires("curator", to_write="admin")
class Encoders(generics.ListAPIView):
    """Versions of encoders that were trained here, oldest first."""

    serializer_class = EncoderSerializer
    queryset = Encoder.objects.all()

    def get_queryset(self):
        encoders = super().get_queryset()
        if name := self.request.GET.get("name"):
            encoders = encoders.filter(name=name)
        return encoders

    @extend_schema(request=EncoderTrainingSerializer, responses={201: RunSerializer})
    def post(self, request):
        asked = EncoderTrainingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            run = start_encoder_training(parameters=dict(asked.validated_data), by=request.user)
        except BadEncoderParameters as error:
            raise ValidationError({"parameters": [str(error)]}) from None
        return Response(RunSerializer(run).data, status=status.HTTP_201_CREATED)


@requires("curator")
class OneEncoder(generics.RetrieveAPIView):
    queryset = Encoder.objects.all()
    serializer_class = EncoderSerializer
