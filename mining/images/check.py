"""Is this an image that we can use? And a copy of it that a page can show.

Pillow is loaded with the first image: web processes import this module and never need it.
"""

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mining.corpora.errors import BadRow

if TYPE_CHECKING:
    from PIL.Image import Image

BYTES_MOST = 20 << 20
PIXELS_MOST = 50_000_000  # decoded, that is 200 MB for a moment
SIDE_MOST = 20_000
SIDE_LEAST = 16  # a tracking pixel shows nothing
WEB_SIDE = 1024
QUALITY = 82
MIMES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
TRANSPOSED = range(5, 9)  # EXIF orientations that lie on their side
_ORIENTATION = 0x0112


class BadImage(BadRow):
    """Why an image cannot be used."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the header tells, with the picture upright."""

    sha256: str
    mime: str
    width: int
    height: int
    size: int  # bytes

    @property
    def web_size(self) -> tuple[int, int]:
        """Of the copy for pages: never larger than the original."""
        share = min(WEB_SIDE / max(self.width, self.height), 1)
        return max(round(self.width * share), 1), max(round(self.height * share), 1)


def image_facts(content: bytes) -> ImageFacts:
    """Look at the header alone; BadImage says what is wrong."""
    if not content:
        raise BadImage("the image file is empty")
    if len(content) > BYTES_MOST:
        raise BadImage(f"the image has {len(content) >> 20} MB; {BYTES_MOST >> 20} are allowed")
    with _opened(content) as image:
        width, height = image.size
        if _orientation(image) in TRANSPOSED:
            width, height = height, width
        mime = MIMES[str(image.format)]
    return ImageFacts(hashlib.sha256(content).hexdigest(), mime, width, height, len(content))


def web_copy(content: bytes, facts: ImageFacts) -> tuple[bytes, str]:
    """The copy for pages and its type: upright, of page size, without the EXIF of whoever took it.

    The whole picture is decoded, so that a file that is cut off or damaged is found here.
    """
    from PIL import Image, ImageOps

    with _opened(content) as image:
        try:
            image.draft("RGB", (2 * WEB_SIDE, 2 * WEB_SIDE))  # JPEG alone: decode no finer than is needed
            profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
            picture = ImageOps.exif_transpose(image)
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
            picture = picture.resize(facts.web_size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
            raise BadImage(f"the image is damaged: {_first_line(error)}") from None
        except Image.DecompressionBombError:
            raise BadImage(_too_large(*image.size)) from None
    packed = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(packed, "WEBP", quality=QUALITY, exif=b"", icc_profile=profile)
        return packed.getvalue(), "image/webp"
    picture.save(packed, "JPEG", quality=QUALITY, optimize=True, progressive=True, icc_profile=profile)
    return packed.getvalue(), "image/jpeg"


def _opened(content: bytes) -> "Image":
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise BadImage("this is no JPEG, PNG, WebP or GIF image") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadImage(f"the image has more than {PIXELS_MOST:,} pixels") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BadImage(f"the image is damaged: {_first_line(error)}") from None
    width, height = image.size
    if width * height > PIXELS_MOST or max(width, height) > SIDE_MOST:
        raise BadImage(_too_large(width, height))
    if min(width, height) < SIDE_LEAST:
        raise BadImage(f"the image has {width} × {height} pixels; {SIDE_LEAST} a side are the least")
    return image


def _orientation(image: "Image") -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (OSError, SyntaxError, ValueError, TypeError, EOFError):
        return 1  # EXIF that cannot be read turns nothing


def _too_large(width: int, height: int) -> str:
    return f"the image has {width:,} × {height:,} pixels; {PIXELS_MOST:,} are allowed, {SIDE_MOST:,} a side"


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
