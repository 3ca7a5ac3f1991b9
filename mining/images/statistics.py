"""What a classifier sees of a picture until there are encoders: colours and brightness of a thumbnail."""

import io
from collections.abc import Sequence

SIDE = 32
# By hue in parts of 255 as Pillow gives it; first those that have none.
HUES = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink")
_HUE_ENDS = (10, 28, 46, 110, 140, 180, 210, 240)  # above the last it is red again
COLOURS = ("black", "grey", "white", *HUES)
NAMES = (*COLOURS, "brightness", "contrast", "saturation", "shape")
_DARK, _LIGHT, _PALE = 50, 215, 38


def image_statistics(content: bytes) -> list[float]:
    """In the order of NAMES: the share of each colour, then mean and spread of brightness, mean
    saturation, and log of width to height. The picture is laid on white, as a page shows it."""
    import math

    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
        small = image.convert("RGBA").resize((SIDE, SIDE), Image.Resampling.BOX)
    ground = Image.new("RGBA", small.size, "white")
    ground.alpha_composite(small)
    pixels = list(
        zip(*(band.tobytes() for band in ground.convert("RGB").convert("HSV").split()), strict=True)
    )
    shares = dict.fromkeys(COLOURS, 0)
    for hue, saturation, value in pixels:
        shares[_colour(hue, saturation, value)] += 1
    values = [value / 255 for _hue, _saturation, value in pixels]
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    saturation = sum(saturation for _hue, saturation, _value in pixels) / len(pixels) / 255
    figures = [shares[name] / len(pixels) for name in COLOURS]
    return [round(figure, 5) for figure in [*figures, mean, spread, saturation, math.log(width / height)]]


def main_colours(statistics: Sequence[float], *, least: float = 0.12) -> list[str]:
    """Colours that cover at least this share, most first; white, mostly background, only when alone."""
    shares = sorted(zip(statistics[: len(COLOURS)], COLOURS, strict=True), reverse=True)
    found = [name for share, name in shares if share >= least and name != "white"]
    return found or ["white"]


def _colour(hue: int, saturation: int, value: int) -> str:
    if value < _DARK:
        return "black"
    if saturation < _PALE:
        return "white" if value > _LIGHT else "grey"
    return next((name for name, end in zip(HUES, _HUE_ENDS, strict=True) if hue <= end), "red")
