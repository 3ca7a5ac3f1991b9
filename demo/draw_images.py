"""Draws the pictures of the demo: `python demo/draw_images.py [folder]`. Flat shapes on a soft ground.

Made for this repository; nothing in them is anybody's product. Each is drawn twice as large as it is kept.
"""

import math
import random
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

SIDE, SCALE = 480, 2
BIG = SIDE * SCALE
Pen = ImageDraw.ImageDraw
SAND, MIST, BLUSH, SAGE, SKY, NIGHT, SNOW = (
    "#f3ece2", "#e9eef2", "#f7e6e4", "#e6ede3", "#d8ebf7", "#1e2a44", "#eef4fa",
)  # fmt: skip


def points(*pairs: tuple[float, float]) -> list[tuple[float, float]]:
    """From a grid of 100 by 100."""
    return [(x * BIG / 100, y * BIG / 100) for x, y in pairs]


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return points((left, top), (right, bottom))


def shade(colour: str, share: float) -> str:
    """Darker below 1, lighter above."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    mixed = [part * share if share < 1 else 255 - (255 - part) * (2 - share) for part in parts]
    return "#" + "".join(f"{min(max(round(part), 0), 255):02x}" for part in mixed)


def shadow(pen: Pen, middle: float, width: float, y: float, ground: str) -> None:
    pen.ellipse(box(middle - width / 2, y - 2.2, middle + width / 2, y + 2.6), fill=shade(ground, 0.9))


def jar(colour: str, ground: str = SAND) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        shadow(pen, 50, 58, 80, ground)
        pen.rounded_rectangle(box(24, 42, 76, 80), 60, fill=colour)
        pen.rounded_rectangle(box(28, 46, 34, 76), 25, fill=shade(colour, 1.35))
        pen.rounded_rectangle(box(27, 27, 73, 42), 30, fill=shade(colour, 0.72))
        pen.rectangle(box(27, 34, 73, 37), fill=shade(colour, 0.64))
        pen.rounded_rectangle(box(39, 54, 66, 70), 14, fill="#ffffff")
        pen.line(points((43, 60), (62, 60)), fill="#c9ced6", width=8)
        pen.line(points((43, 65), (56, 65)), fill="#c9ced6", width=8)

    return draw


def tube(colour: str, ground: str = SAND, sun: bool = False) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        shadow(pen, 50, 34, 87, ground)
        pen.polygon(points((34, 14), (66, 14), (62, 74), (38, 74)), fill=colour)
        pen.rectangle(box(33, 11, 67, 16), fill=shade(colour, 0.8))
        pen.rounded_rectangle(box(39, 74, 61, 87), 16, fill=shade(colour, 0.6))
        pen.polygon(points((38, 17), (42, 17), (43, 72), (41, 72)), fill=shade(colour, 1.4))
        if sun:
            pen.ellipse(box(42, 34, 58, 50), fill="#f6b73c")
            for step in range(12):
                turn = step * math.pi / 6
                rays = [(50 + at * math.cos(turn), 42 + at * math.sin(turn)) for at in (10.5, 14)]
                pen.line(points(*rays), fill="#f6b73c", width=10)

    return draw


def bottle(colour: str, ground: str = MIST) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        shadow(pen, 50, 40, 87, ground)
        pen.rectangle(box(47, 12, 53, 26), fill=shade(colour, 0.6))
        pen.rounded_rectangle(box(34, 10, 54, 16), 14, fill=shade(colour, 0.6))
        pen.rounded_rectangle(box(33, 26, 67, 87), 60, fill=colour)
        pen.rounded_rectangle(box(37, 32, 41, 82), 20, fill=shade(colour, 1.4))
        pen.rounded_rectangle(box(43, 46, 64, 72), 14, fill="#ffffff")

    return draw


def lipstick(colour: str) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        shadow(pen, 50, 28, 88, BLUSH)
        pen.polygon(points((43, 26), (57, 14), (57, 46), (43, 46)), fill=colour)
        pen.polygon(points((43, 26), (57, 14), (57, 22), (46, 30)), fill=shade(colour, 1.3))
        pen.rectangle(box(42, 44, 58, 58), fill="#d9b25f")
        pen.rounded_rectangle(box(38, 57, 62, 88), 12, fill="#2b2b33")
        pen.rectangle(box(41, 58, 44, 87), fill="#4a4a55")

    return draw


def top(colour: str, *, long: bool = False, stripes: str = "", roll: bool = False) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        end = 78 if long else 46
        for side in (-1, 1):
            arm = [
                (50 + side * x, y) for x, y in ((18, 20), (34 if long else 38, end), (25, end + 4), (19, 44))
            ]
            pen.polygon(points(*arm), fill=shade(colour, 0.86))
        pen.polygon(points((32, 19), (68, 19), (71, 32), (69, 84), (31, 84), (29, 32)), fill=colour)
        if stripes:
            for y in range(34, 82, 9):
                pen.rectangle(box(30, y, 70, y + 3.4), fill=stripes)
        if roll:
            pen.rounded_rectangle(box(39, 9, 61, 24), 30, fill=shade(colour, 0.8))
            for x in range(42, 60, 4):
                pen.line(points((x, 11), (x, 22)), fill=shade(colour, 0.7), width=6)
            pen.rectangle(box(31, 79, 69, 85), fill=shade(colour, 0.8))
        else:
            pen.chord(box(40, 9, 60, 28), 0, 180, fill=shade(colour, 0.7))

    return draw


def legs(colour: str, *, denim: bool = False) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        pen.polygon(points((33, 12), (67, 12), (72, 90), (55, 90), (50, 38), (45, 90), (28, 90)), fill=colour)
        pen.rectangle(box(33, 10, 67, 16), fill=shade(colour, 0.8))
        if denim:
            pen.line(points((50, 16), (50, 34)), fill=shade(colour, 1.5), width=5)
            for left in (36, 55):
                pen.arc(box(left - 4, 8, left + 13, 28), 20, 160, fill=shade(colour, 1.5), width=5)
            for x in (31, 59):
                pen.rectangle(box(x - 3, 85, x + 11, 90), fill=shade(colour, 1.3))
            pen.ellipse(box(48.6, 12, 51.4, 14.8), fill="#d9b25f")

    return draw


def jacket(colour: str) -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        for side in (-1, 1):
            arm = [(50 + side * x, y) for x, y in ((19, 22), (37, 74), (26, 78), (18, 46))]
            pen.polygon(points(*arm), fill=shade(colour, 0.84))
        pen.rounded_rectangle(box(30, 18, 70, 86), 60, fill=colour)
        for y in range(30, 86, 10):
            pen.arc(box(29, y - 5, 71, y + 5), 10, 170, fill=shade(colour, 0.76), width=8)
        pen.rounded_rectangle(box(37, 9, 63, 26), 60, fill=shade(colour, 0.7))
        pen.line(points((50, 22), (50, 86)), fill="#e8e8ec", width=8)

    return draw


def dress(colour: str, *, dots: str = "") -> Callable[[Pen], None]:
    def draw(pen: Pen) -> None:
        pen.line(points((41, 8), (42, 22)), fill=shade(colour, 0.75), width=12)
        pen.line(points((59, 8), (58, 22)), fill=shade(colour, 0.75), width=12)
        pen.polygon(points((39, 20), (61, 20), (59, 42), (76, 88), (24, 88), (41, 42)), fill=colour)
        pen.rectangle(box(40.6, 41, 59.4, 45), fill=shade(colour, 0.7))
        if dots:
            for row, y in enumerate(range(52, 88, 9)):
                half = 10 + (y - 45) * 0.36
                for step in range(-4, 5):
                    x = 50 + step * 8 + (row % 2) * 4
                    if abs(x - 50) < half - 2:
                        pen.ellipse(box(x - 1.6, y - 1.6, x + 1.6, y + 1.6), fill=dots)

    return draw


def drops(pen: Pen) -> None:
    """Water rolling off a cloth."""
    pen.polygon(points((0, 42), (100, 22), (100, 100), (0, 100)), fill="#3f5f86")
    for step in range(-6, 16):
        pen.line(points((step * 10, 100), (step * 10 + 40, 20)), fill="#48698f", width=4)
    pen.polygon(points((0, 0), (100, 0), (100, 22), (0, 42)), fill=MIST)
    chance = random.Random(4)
    for _ in range(15):
        x, y, size = chance.uniform(8, 90), chance.uniform(48, 92), chance.uniform(2.4, 5.4)
        pen.ellipse(box(x - size, y - size * 0.9, x + size, y + size * 0.9), fill="#bfe0f5")
        pen.ellipse(box(x - size * 0.5, y - size * 0.6, x - size * 0.1, y - size * 0.2), fill="#ffffff")


def flakes(pen: Pen) -> None:
    """Dry skin, looked at closely."""
    pen.rectangle(box(0, 0, 100, 100), fill="#e8b89a")
    chance = random.Random(9)
    for _ in range(26):
        x, y = chance.uniform(0, 100), chance.uniform(0, 100)
        line = [(x, y)]
        for _ in range(5):
            x, y = x + chance.uniform(-9, 9), y + chance.uniform(-9, 9)
            line.append((x, y))
        pen.line(points(*line), fill="#c98f70", width=5)
    for _ in range(30):
        x, y, size = chance.uniform(2, 96), chance.uniform(2, 96), chance.uniform(1.6, 4.4)
        corner = [(x + size * math.cos(turn), y + size * 0.7 * math.sin(turn)) for turn in (0.2, 1.7, 3, 4.4)]
        pen.polygon(points(*corner), fill="#f6dfd0")


def stretch(pen: Pen) -> None:
    """A cloth that is pulled from both sides."""
    pen.polygon(points((20, 34), (80, 34), (72, 50), (80, 66), (20, 66), (28, 50)), fill="#7a5ea8")
    for y in (40, 50, 60):
        pen.line(points((24, y), (76, y)), fill="#8d73b8", width=6)
    for side in (-1, 1):
        pen.line(points((50 + side * 33, 50), (50 + side * 44, 50)), fill="#3b2a5c", width=14)
        head = [(50 + side * 47, 50), (50 + side * 40, 45), (50 + side * 40, 55)]
        pen.polygon(points(*head), fill="#3b2a5c")


def camping(pen: Pen) -> None:
    chance = random.Random(2)
    for _ in range(40):
        x, y = chance.uniform(0, 100), chance.uniform(0, 55)
        pen.ellipse(box(x - 0.35, y - 0.35, x + 0.35, y + 0.35), fill="#e8ecf7")
    pen.ellipse(box(74, 10, 86, 22), fill="#f5efcf")
    pen.polygon(
        points((0, 62), (30, 44), (60, 62), (84, 46), (100, 58), (100, 100), (0, 100)), fill="#15203a"
    )
    pen.rectangle(box(0, 76, 100, 100), fill="#24402f")
    pen.polygon(points((50, 44), (80, 82), (20, 82)), fill="#e07a3f")
    pen.polygon(points((50, 44), (60, 82), (40, 82)), fill="#f7cf7a")


def beach(pen: Pen) -> None:
    pen.ellipse(box(66, 10, 84, 28), fill="#f9c846")
    pen.rectangle(box(0, 46, 100, 66), fill="#3c9cc4")
    for y in (50, 55, 60):
        pen.arc(box(10, y - 2, 30, y + 3), 180, 360, fill="#8fd0e8", width=5)
        pen.arc(box(52, y - 2, 72, y + 3), 180, 360, fill="#8fd0e8", width=5)
    pen.rectangle(box(0, 66, 100, 100), fill="#f0dcae")
    pen.line(points((34, 40), (40, 86)), fill="#8a6a45", width=12)
    pen.pieslice(box(12, 26, 58, 66), 178, 352, fill="#d9483b")
    pen.pieslice(box(25, 26, 45, 66), 178, 352, fill="#f6efe4")


def snow(pen: Pen) -> None:
    pen.polygon(
        points((0, 70), (28, 26), (50, 60), (70, 34), (100, 72), (100, 100), (0, 100)), fill="#8fa6bd"
    )
    pen.polygon(points((28, 26), (38, 42), (30, 46), (26, 41), (18, 44)), fill="#ffffff")
    pen.polygon(points((70, 34), (80, 48), (72, 52), (66, 46), (60, 48)), fill="#ffffff")
    pen.polygon(points((0, 78), (100, 62), (100, 100), (0, 100)), fill="#ffffff")
    pen.line(points((44, 84), (66, 78)), fill="#c0392b", width=10)
    pen.line(points((46, 87), (68, 81)), fill="#c0392b", width=10)
    chance = random.Random(5)
    for _ in range(45):
        x, y, size = chance.uniform(0, 100), chance.uniform(0, 95), chance.uniform(0.4, 0.9)
        pen.ellipse(box(x - size, y - size, x + size, y + size), fill="#ffffff")


def office(pen: Pen) -> None:
    pen.rectangle(box(12, 12, 60, 50), fill="#cfe3f1")
    pen.line(points((36, 12), (36, 50)), fill="#ffffff", width=12)
    pen.rectangle(box(0, 70, 100, 76), fill="#a77b52")
    pen.rectangle(box(8, 76, 13, 100), fill="#8b6541")
    pen.rectangle(box(87, 76, 92, 100), fill="#8b6541")
    pen.rounded_rectangle(box(30, 44, 66, 66), 12, fill="#2f3640")
    pen.rectangle(box(32, 46, 64, 64), fill="#7fb2d6")
    pen.polygon(points((45, 66), (51, 66), (54, 70), (42, 70)), fill="#2f3640")
    pen.rounded_rectangle(box(76, 58, 84, 70), 10, fill="#d9664f")
    pen.arc(box(82, 60, 89, 68), 270, 90, fill="#d9664f", width=8)


PICTURES: dict[str, tuple[str, Callable[[Pen], None]]] = {
    "cream-white.webp": (SAND, jar("#f4f1ec")),
    "cream-green.webp": (SAGE, jar("#8fb996", SAGE)),
    "cleanser-blue.webp": (MIST, tube("#8ec3e0", MIST)),
    "sunscreen.webp": (SAND, tube("#fdf6e3", SAND, sun=True)),
    "shampoo-amber.webp": (MIST, bottle("#c8803a")),
    "lipstick-red.webp": (BLUSH, lipstick("#c4202c")),
    "lipstick-nude.webp": (BLUSH, lipstick("#c98b78")),
    "t-shirt-white.webp": (MIST, top("#fdfdfd")),
    "t-shirt-striped.webp": (SAND, top("#fdfdfd", stripes="#27406b")),
    "t-shirt-black.webp": (SAND, top("#2a2b30")),
    "sweater-roll-neck.webp": (SAGE, top("#b5523b", long=True, roll=True)),
    "sweater-grey.webp": (BLUSH, top("#9aa0a8", long=True)),
    "jeans-blue.webp": (SAND, legs("#3d5f8f", denim=True)),
    "leggings-black.webp": (BLUSH, legs("#26262c")),
    "down-jacket-yellow.webp": (MIST, jacket("#eab62f")),
    "down-jacket-navy.webp": (SNOW, jacket("#25365c")),
    "dress-red.webp": (SAND, dress("#c62f3a")),
    "dress-dotted.webp": (MIST, dress("#2f6b5e", dots="#f4efe3")),
    "drops.webp": (MIST, drops),
    "dry-skin.webp": (SAND, flakes),
    "stretch.webp": (SAND, stretch),
    "camping.webp": (NIGHT, camping),
    "beach.webp": (SKY, beach),
    "skiing.webp": (SNOW, snow),
    "office.webp": (SAND, office),
}  # fmt: skip


def drawn(ground: str, draw: Callable[[Pen], None]) -> Image.Image:
    picture = Image.new("RGB", (BIG, BIG), ground)
    draw(ImageDraw.Draw(picture))
    small = picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return small.filter(ImageFilter.SMOOTH)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (ground, draw) in PICTURES.items():
        drawn(ground, draw).save(folder / name, "WEBP", quality=80, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "images")
