"""Files that can be fetched in parts: a download that broke off goes on where it was (RFC 9110, 14)."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

PIECE = 64 * 1024
# No file has more bytes than 18 digits can say; what asks for more is no range, and the whole is sent.
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")


def ranged(request, path: Path, *, filename: str, content_type: str, digest: str) -> HttpResponseBase:
    """The file, or the one range of it that is asked for; `digest` is what names this very content."""
    size, tag = path.stat().st_size, f'"{digest}"'
    wanted = _wanted(request, size, tag)
    response: HttpResponseBase
    if wanted is None:
        response = FileResponse(path.open("rb"), content_type=content_type)
    elif not wanted:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        response = StreamingHttpResponse(_part(path, wanted), status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
        response["Content-Length"] = str(len(wanted))
    response["Accept-Ranges"], response["ETag"] = "bytes", tag
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _wanted(request, size: int, tag: str) -> range | None:
    """None for the whole; an empty range where there is nothing of what was asked for."""
    told = RANGE.match(request.headers.get("Range", "").replace(" ", ""))
    # If-Range: only if it still is what the first part came from.
    if told is None or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = told.groups()
    if not first and not last:
        return None
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


def _part(path: Path, wanted: range) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(wanted.start)
        left = len(wanted)
        while left and (piece := file.read(min(left, PIECE))):
            left -= len(piece)
            yield piece
