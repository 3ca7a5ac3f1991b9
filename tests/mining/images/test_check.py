import io

import pytest
from PIL import Image as Picture

from mining.images import check
from mining.images.check import BadImage, image_facts, web_copy
from mining.images.statistics import NAMES, image_statistics, main_colours
from mining.images.store import ImageStore
from tests.factories.images import huge_png, noise, picture


@pytest.mark.parametrize(
    ("format", "mime"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/gif")],
)
def test_the_four_formats_are_known_by_their_content(format, mime):
    facts = image_facts(picture(format=format))

    assert (facts.mime, facts.width, facts.height) == (mime, 64, 48)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the image file is empty"),
        (b"GIF89a but not really", "this is no JPEG, PNG, WebP or GIF image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this is no JPEG, PNG, WebP or GIF image"),
        (picture(format="BMP"), "this is no JPEG, PNG, WebP or GIF image"),
        (picture(format="TIFF"), "this is no JPEG, PNG, WebP or GIF image"),
        (huge_png(), "the image has more than 50,000,000 pixels"),
        (huge_png(9_000, 8_000), "the image has 9,000 × 8,000 pixels"),
        (huge_png(30_000, 20), "the image has 30,000 × 20 pixels"),
        (picture(size=(1, 1)), "the image has 1 × 1 pixels"),
    ],
)
def test_what_is_no_usable_image_gets_a_reason(content, reason):
    with pytest.raises(BadImage, match=reason):
        image_facts(content)


def test_too_many_bytes_are_refused_before_anything_is_decoded(monkeypatch):
    monkeypatch.setattr(check, "BYTES_MOST", 100)

    with pytest.raises(BadImage, match="MB"):
        image_facts(b"\xff" * 101)


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_an_image_that_is_cut_off_is_damaged(format, tmp_path):
    content = noise(format=format)
    store = ImageStore(tmp_path)

    with pytest.raises(BadImage, match="damaged"):
        store.keep(content[: len(content) // 2])

    assert not list(tmp_path.rglob("*.web"))


def test_a_png_that_lies_about_its_pixels_is_damaged(tmp_path):
    with pytest.raises(BadImage, match="damaged"):
        ImageStore(tmp_path).keep(huge_png(2_000, 2_000))


def test_the_copy_is_upright_of_page_size_and_tells_nothing_of_who_took_it():
    exif = Picture.Exif()
    exif[0x0112], exif[0x0110], exif[0x9003] = 6, "A camera", "2020:01:01 10:00:00"
    content = picture(size=(3000, 1500), format="JPEG", exif=exif)

    facts = image_facts(content)
    copy, mime = web_copy(content, facts)

    assert (facts.width, facts.height) == (1500, 3000)
    with Picture.open(io.BytesIO(copy)) as shown:
        assert (shown.size, mime) == ((512, 1024), "image/jpeg")
        assert not dict(shown.getexif())
        assert b"A camera" not in copy


def test_a_small_picture_is_not_blown_up_and_transparency_is_kept():
    content = picture((255, 0, 0, 0), size=(40, 30))

    copy, mime = web_copy(content, image_facts(content))

    with Picture.open(io.BytesIO(copy)) as shown:
        assert (shown.size, mime, shown.mode) == ((40, 30), "image/webp", "RGBA")


def test_the_store_keeps_one_file_of_equal_images_and_no_path_comes_from_outside(tmp_path):
    store = ImageStore(tmp_path)

    first, again = store.keep(picture()), store.keep(picture())

    assert first == again
    assert store.original(first.sha256).read_bytes() == picture()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2 and all(path.name.startswith(first.sha256) for path in files)
    for name in ("../../etc/passwd", "", first.sha256.upper(), first.sha256 + "\n"):
        with pytest.raises(ValueError, match="no digest"):
            store.web(name)


@pytest.mark.parametrize(
    ("colour", "name"),
    [("red", "red"), ("#1040c0", "blue"), ("black", "black"), ("#888", "grey"), ("#ffe020", "yellow")],
)
def test_statistics_tell_the_main_colour(colour, name):
    figures = image_statistics(picture(colour, size=(200, 100)))

    assert len(figures) == len(NAMES)
    assert main_colours(figures) == [name]
    assert dict(zip(NAMES, figures, strict=True))["shape"] == pytest.approx(0.693, abs=0.01)
