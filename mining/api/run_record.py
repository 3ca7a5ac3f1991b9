"""The record of a mining run over the API, and two runs beside each other."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from mining import run_record
from mining.api.parameters import whole_number
from mining.models import CandidateFate, Run, RunKind
from people.access import requires
from people.api.pagination import KeyPagination

MINED = {"kind": RunKind.MINE_PHRASES}
MOST = 1_000


class FateSerializer(serializers.ModelSerializer):
    """`stage` and `rule` say what dropped a candidate; both are empty for one that was kept."""

    class Meta:
        model = CandidateFate
        fields = ["place", "language", "text", "count", "stage", "rule", "quality", "score", "features"]
        read_only_fields = fields


class ByPlace(KeyPagination):
    ordering = "place"


FILTERS = [
    OpenApiParameter("stage", str, description="kept, dropped, or the stage that dropped it."),
    OpenApiParameter("rule", str),
    OpenApiParameter("language", str),
    OpenApiParameter("category", int, description="Of a kept one: id of a category concept."),
    OpenApiParameter("q", str, description="Part of the candidate."),
]


@extend_schema_view(get=extend_schema(parameters=FILTERS))
@requires("curator")
class RunRecord(generics.ListAPIView):
    """What became of every candidate of a run: the kept ones first, best first."""

    serializer_class = FateSerializer
    pagination_class = ByPlace
    queryset = CandidateFate.objects.all()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return CandidateFate.objects.none()
        run = generics.get_object_or_404(Run, pk=self.kwargs["pk"], **MINED)
        asked = self.request.GET
        return run_record.fates_of(
            run, stage=asked.get("stage", ""), rule=asked.get("rule", ""), language=asked.get("language", ""),
            category=whole_number(self.request, "category"), words=asked.get("q", ""),
        )  # fmt: skip


class DifferenceSerializer(serializers.Serializer):
    place = serializers.IntegerField()
    language = serializers.CharField()
    text = serializers.CharField()
    count = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True)
    other_score = serializers.FloatField(allow_null=True)
    stage = serializers.CharField(allow_null=True, help_text="Where the other run dropped it.")
    rule = serializers.CharField(allow_null=True)


class ParameterSerializer(serializers.Serializer):
    name = serializers.CharField()
    this = serializers.JSONField(allow_null=True)
    other = serializers.JSONField(allow_null=True)


class CountSerializer(serializers.Serializer):
    language = serializers.CharField()
    stage = serializers.CharField()
    rule = serializers.CharField()
    this = serializers.IntegerField(source="a")
    other = serializers.IntegerField(source="b")


class ComparisonSerializer(serializers.Serializer):
    both = serializers.IntegerField(help_text="Phrases that both runs kept.")
    only_this = serializers.IntegerField()
    only_other = serializers.IntegerField()
    parameters = ParameterSerializer(many=True)
    counts = CountSerializer(many=True)
    rows = DifferenceSerializer(many=True)
    after = serializers.CharField(help_text="Key of the next page; empty at the end.")


@requires("curator")
class CompareRuns(APIView):
    """Two mining runs: what was told to them, what each kept, and where they differ."""

    @extend_schema(
        parameters=[
            OpenApiParameter("show", str, enum=run_record.SHOWN, description="Default only_a, of this run."),
            OpenApiParameter("after", str, description="As the page before told it."),
            OpenApiParameter("limit", int, description=f"Rows, {MOST} at most; default 100."),
        ],
        responses=ComparisonSerializer,
    )
    def get(self, request, pk, other):
        a, b = (generics.get_object_or_404(Run, pk=one, **MINED) for one in (pk, other))
        show = request.GET.get("show") or run_record.SHOWN[0]
        if show not in run_record.SHOWN:
            raise ValidationError({"show": [f"One of {', '.join(run_record.SHOWN)} is wanted."]})
        limit = min(max(whole_number(request, "limit") or 100, 1), MOST)
        rows = run_record.differences(a, b, show, after=request.GET.get("after", ""), limit=limit + 1)
        kept = run_record.shared(a, b)
        return Response(
            ComparisonSerializer({
                "both": kept["both"], "only_this": kept["only_a"], "only_other": kept["only_b"],
                "parameters": [
                    {"name": name, "this": this, "other": that}
                    for name, this, that in run_record.parameter_differences(a, b)
                ],
                "counts": run_record.count_differences(a, b),
                "rows": rows[:limit],
                "after": rows[limit - 1].key if len(rows) > limit else "",
            }).data
        )  # fmt: skip
