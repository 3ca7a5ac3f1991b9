"""Runs over the API: list, start mining, watch, cancel, log, error file."""

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from mining.actions.mine import CATEGORIES, LEXICONS, METHOD, SETTABLE, SWITCHES, BadParameters, start_mining
from mining.actions.mine_pruning import DEFAULTS, MLM_WAYS, PRESETS, TOP_N_MOST
from mining.actions.runs import cancel_run
from mining.models import Run, RunKind, RunLine, RunStatus
from mining.phrases.parameters import LANGUAGES, METHODS, Parameters
from people.access import requires


class StageSerializer(serializers.Serializer):
    name = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    seconds = serializers.FloatField()


class RunSerializer(serializers.ModelSerializer):
    stages = StageSerializer(many=True, read_only=True)
    rate = serializers.FloatField(read_only=True, allow_null=True, help_text="Of the stage, per second.")
    time_left = serializers.DurationField(read_only=True, allow_null=True, help_text="Of the stage.")
    has_errors = serializers.SerializerMethodField(help_text="Whether there is an error file.")

    class Meta:
        model = Run
        fields = [
            "id",
            "kind",
            "status",
            "parameters",
            "attempt",
            "stage",
            "done",
            "total",
            "rate",
            "time_left",
            "stages",
            "counts",
            "error",
            "has_errors",
            "started_by",
            "created_at",
            "started_at",
            "finished_at",
            "cancel_asked_at",
        ]
        read_only_fields = fields

    def get_has_errors(self, run) -> bool:
        return run.error_file.exists()


class LineSerializer(serializers.ModelSerializer):
    class Meta:
        model = RunLine
        fields = ["id", "at", "level", "text"]
        read_only_fields = fields


def _number_field(name: str) -> serializers.Field:
    default = getattr(Parameters, name)
    kind = serializers.FloatField if isinstance(default, float) else serializers.IntegerField
    return kind(required=False, help_text=f"Default {default}.")


class MiningSerializer(serializers.Serializer):
    """Parameters of a mining run; what is left out has its default."""

    corpora = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="All, if empty."
    )
    categories = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="All, if empty."
    )
    language = serializers.CharField(required=False, help_text=f"{' or '.join(LANGUAGES)}; both, if empty.")
    categories_per_phrase = serializers.IntegerField(required=False, help_text=f"Default {CATEGORIES}.")
    method = serializers.ChoiceField(METHODS, required=False, help_text=f"Default {METHOD}.")
    lexicons = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text=f"Names of lexicons that seeds come from. Default {' and '.join(LEXICONS)}.",
    )

    preset = serializers.ChoiceField(
        tuple(PRESETS),
        required=False,
        help_text="A variant of the paper's Table 3; what is told besides wins.",
    )
    mlm = serializers.BooleanField(
        required=False, help_text="Let a masked language model prune what the forest keeps. Default false."
    )
    encoder = serializers.CharField(
        required=False, allow_blank=True,
        help_text="`name` or `name@2` of one trained here, a folder, or an id of the model hub.",
    )  # fmt: skip
    mlm_top_n = serializers.IntegerField(
        required=False, min_value=1, max_value=TOP_N_MOST, help_text=f"Default {DEFAULTS['mlm_top_n']}."
    )
    mlm_way = serializers.ChoiceField(
        MLM_WAYS, required=False, help_text=f"What the encoder sees. Default {DEFAULTS['mlm_way']}."
    )

    def get_fields(self):
        switches = {
            name: serializers.BooleanField(required=False, help_text=f"Default {getattr(Parameters, name)}.")
            for name in SWITCHES
        }
        return {**super().get_fields(), **switches, **{name: _number_field(name) for name in SETTABLE}}

    def to_internal_value(self, data):
        if strange := sorted(set(data) - set(self.fields)):
            raise ValidationError({name: ["There is no such parameter."] for name in strange})
        return super().to_internal_value(data)


class NewRunSerializer(serializers.Serializer):
    kind = serializers.CharField(
        default=RunKind.MINE_PHRASES.value, help_text="mine_phrases; imports are uploads."
    )
    parameters = MiningSerializer(required=False)

    def validate_kind(self, value):
        if value != RunKind.MINE_PHRASES:
            raise serializers.ValidationError("Only mine_phrases is started this way.")
        return value


FILTERS = [
    OpenApiParameter("kind", str, enum=RunKind.values),
    OpenApiParameter("status", str, enum=RunStatus.values),
]


@extend_schema_view(get=extend_schema(parameters=FILTERS))
@requires("curator", to_write="admin")
class Runs(generics.ListAPIView):
    """Runs, oldest first."""

    serializer_class = RunSerializer
    queryset = Run.objects.all()

    def get_queryset(self):
        runs = super().get_queryset()
        for name, known in (("kind", RunKind.values), ("status", RunStatus.values)):
            if wanted := self.request.GET.get(name):
                if wanted not in known:
                    raise ValidationError({name: [f"One of {', '.join(known)} is wanted."]})
                runs = runs.filter(**{name: wanted})
        return runs

    @extend_schema(request=NewRunSerializer, responses={201: RunSerializer})
    def post(self, request):
        asked = NewRunSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            run = start_mining(parameters=dict(asked.validated_data.get("parameters") or {}), by=request.user)
        except BadParameters as error:
            raise ValidationError({"parameters": [str(error)]}) from None
        return Response(RunSerializer(run).data, status=status.HTTP_201_CREATED)


@requires("curator")
class OneRun(generics.RetrieveAPIView):
    queryset = Run.objects.all()
    serializer_class = RunSerializer


@requires("admin")
class CancelRun(APIView):
    @extend_schema(
        request=None, responses={200: RunSerializer, 409: OpenApiResponse(description="It has ended.")}
    )
    def post(self, request, pk):
        run = cancel_run(run=generics.get_object_or_404(Run, pk=pk), by=request.user)
        return Response(RunSerializer(run).data)


@requires("curator")
class RunLog(generics.ListAPIView):
    """What the run told, oldest first."""

    serializer_class = LineSerializer
    queryset = RunLine.objects.all()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return RunLine.objects.none()
        return generics.get_object_or_404(Run, pk=self.kwargs["pk"]).lines.all()


@requires("curator")
class RunErrors(APIView):
    """The rows an import could not use, as CSV: file, row, line, reason, excerpt."""

    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.BINARY, 404: OpenApiResponse(description="No errors.")}
    )
    def get(self, request, pk):
        return error_file(generics.get_object_or_404(Run, pk=pk))


def error_file(run: Run) -> FileResponse:
    if not run.error_file.exists():
        raise Http404(f"run {run.pk} has no error file")
    return FileResponse(
        run.error_file.open("rb"),
        as_attachment=True,
        filename=f"run-{run.pk}-errors.csv",
        content_type="text/csv",
    )
