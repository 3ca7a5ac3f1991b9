"""Judgments and verdicts as files, by API."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.views import APIView

from annotation.exports import FORMATS
from annotation.exports.tables import TABLES
from annotation.views.exports import download
from people.access import requires


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
        responses={
            (200, format.content_type.partition(";")[0]): OpenApiTypes.BINARY for format in FORMATS.values()
        },
    )
    def get(self, request, pk, table, file_format):
        return download(request._request, pk, table, file_format)
