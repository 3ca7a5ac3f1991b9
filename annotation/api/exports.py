"""Judgments and verdicts as files, by API."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.actions.exporting import start_export
from annotation.exports import FORMATS
from annotation.exports.tables import TABLES
from annotation.models import Campaign, ExportFile
from annotation.views.exports import download, export_file
from people.access import requires
from people.api.pagination import KeyPagination

FILES: dict = {
    (200, format.content_type.partition(";")[0]): OpenApiTypes.BINARY for format in FORMATS.values()
}


@requires("curator")
class Export(APIView):
    """A campaign's judgments or verdicts as one file, streamed; the same bytes as long as nothing changes."""

    @extend_schema(
        operation_id="campaigns_export",
        parameters=[
            OpenApiParameter("table", str, OpenApiParameter.PATH, enum=list(TABLES)),
            OpenApiParameter("file_format", str, OpenApiParameter.PATH, enum=list(FORMATS)),
            OpenApiParameter("names", bool, description="1: annotators by their names; admins only"),
        ],
        responses=FILES,
    )
    def get(self, request, pk, table, file_format):
        return download(request._request, pk, table, file_format)


class NewExportSerializer(serializers.Serializer):
    table = serializers.ChoiceField(choices=list(TABLES))
    format = serializers.ChoiceField(choices=list(FORMATS))
    names = serializers.BooleanField(
        default=False, help_text="Annotators by their names, with comments; admins only, ignored otherwise."
    )


class ExportFileSerializer(serializers.ModelSerializer):
    size = serializers.IntegerField(read_only=True, help_text="Bytes.")
    digest = serializers.CharField(read_only=True, help_text="SHA-256 of the file, in hexadecimal.")
    kept_until = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = ExportFile
        fields = [
            "id",
            "campaign",
            "table",
            "format",
            "names",
            "status",
            "rows",
            "total",
            "size",
            "digest",
            "why",
            "asked_by",
            "asked_at",
            "finished_at",
            "kept_until",
        ]
        read_only_fields = fields


class NewestFirst(KeyPagination):
    ordering = "-id"


@requires("curator")
class Exports(generics.ListAPIView):
    """Exports of a campaign that workers write or have written, newest first."""

    serializer_class = ExportFileSerializer
    pagination_class = NewestFirst

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return ExportFile.objects.none()
        return ExportFile.objects.visible_to(self.request.user).filter(campaign=self.kwargs["pk"])

    @extend_schema(request=NewExportSerializer, responses={202: ExportFileSerializer})
    def post(self, request, pk):
        """Have a worker write it; asked again while it is written, it is the same one."""
        campaign = get_object_or_404(Campaign, pk=pk)
        told = NewExportSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = {**told.validated_data}
        wanted["names"] = wanted["names"] and request.user.may("admin")
        file = start_export(campaign=campaign, by=request.user, **wanted)
        return Response(ExportFileSerializer(file).data, status=status.HTTP_202_ACCEPTED)


@requires("curator")
class OneExport(generics.RetrieveAPIView):
    """How far it has come."""

    serializer_class = ExportFileSerializer

    def get_queryset(self):
        return ExportFile.objects.visible_to(self.request.user)


@requires("curator")
class WrittenExport(APIView):
    """The file of an export that is done; in parts, where a Range is asked for. 404 before and afterwards."""

    @extend_schema(
        operation_id="exports_file",
        parameters=[OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="bytes=100-")],
        responses={
            **FILES,
            **{(206, media): part for (_status, media), part in FILES.items()},
            416: OpenApiResponse(description="Nothing of the file lies in that range."),
        },
    )
    def get(self, request, pk):
        return export_file(request._request, pk)
