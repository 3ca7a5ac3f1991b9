"""Small pictures made on the spot, and broken ones."""

import io
import struct
import zlib

from PIL import Image as Picture


def picture(colour="red", *, size=(64, 48), format="PNG", **options) -> bytes:
    packed = io.BytesIO()
    mode = "RGBA" if isinstance(colour, tuple) and len(colour) == 4 else "RGB"
    Picture.new(mode, size, colour).save(packed, format, **options)
    return packed.getvalue()


def noise(*, size=(600, 400), format="JPEG") -> bytes:
    """A picture that does not pack well, so that it can be cut off in the middle."""
    packed = io.BytesIO()
    Picture.effect_noise(size, 80).convert("RGB").save(packed, format)
    return packed.getvalue()


def huge_png(width=60_000, height=60_000) -> bytes:
    """A few bytes that claim to be billions of pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))
        )

    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
