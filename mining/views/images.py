"""Images, by their digest alone: nothing else of a request is ever part of a path."""

from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from mining.actions.imports_images import image_store
from mining.images.store import DIGEST
from mining.models import Image
from people.access import requires

# The content under a digest never changes; only people who are logged in may have it.
FOREVER = "private, max-age=31536000, immutable"


@requires("annotator")
@require_safe
def image(request, digest):
    """The copy for pages."""
    found = None
    if DIGEST.fullmatch(digest):
        found = Image.objects.filter(sha256=digest).only("sha256", "web_mime").first()
    if found is None:
        raise Http404
    etag = f'"{found.sha256[:32]}"'
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in asked or "*" in asked:
        response: HttpResponse | FileResponse = HttpResponse(status=304)
    else:
        try:
            file = image_store().web(found.sha256).open("rb")
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(file, content_type=found.web_mime)
    response["ETag"] = etag
    response["Cache-Control"] = FOREVER
    response["X-Content-Type-Options"] = "nosniff"
    return response
