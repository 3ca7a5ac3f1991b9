import tarfile
import zipfile

import pytest

from mining.actions.imports_images import ImageTextImporter, image_store
from mining.images.store import ImageStore
from mining.models import Image, ImageCandidate, RunKind, RunStatus
from tests.factories.images import huge_png, noise, picture
from tests.factories.learning import make_category
from tests.factories.runs import errors_of, run_import, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def category(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_category()


def row(**fields):
    return {
        "id": "p1",
        "image": "red.png",
        "text": "red",
        "text_class": "PropertyValue",
        "title": "A red cream",
        "category": "face-cream",
        **fields,
    }


def imported(tmp_path, *rows, images=None, **files):
    folder = images
    if folder is None:
        folder = tmp_path / "images"
        folder.mkdir(exist_ok=True)
        for name, content in {"red.png": picture("red"), **files.get("files", {})}.items():
            (folder / name).write_bytes(content)
    path = write_lines(tmp_path / "pairs.jsonl", rows)
    told = {"path": str(folder), "name": folder.name}
    return run_import(path, kind=RunKind.IMPORT_IMAGE_TEXTS, images=told)


def test_an_image_comes_in_with_its_text_and_two_files(tmp_path, category):
    run = imported(tmp_path, row(score=0.9))

    candidate = ImageCandidate.objects.get()
    image = candidate.image
    assert run.status == RunStatus.DONE, run.error
    assert (candidate.text, candidate.text_class, candidate.title) == ("red", "PropertyValue", "A red cream")
    assert (candidate.category, candidate.language, candidate.score) == (category, "en", 0.9)
    assert (image.mime, image.width, image.height, image.web_mime) == ("image/png", 64, 48, "image/jpeg")
    assert image_store().original(image.sha256).read_bytes() == picture("red")
    assert image_store().web(image.sha256).exists()


def test_one_image_with_many_texts_is_kept_once(tmp_path):
    imported(
        tmp_path,
        row(),
        row(id="p2", text="round"),
        row(id="p3", image="same.png", text="shiny"),
        files={"same.png": picture("red")},
    )

    assert ImageCandidate.objects.count() == 3
    assert Image.objects.count() == 1


def test_broken_missing_and_foreign_files_are_named_and_the_good_rows_go_in(tmp_path):
    files = {
        "cut.jpg": noise()[:5_000],
        "text.png": b"not an image",
        "bomb.png": huge_png(),
        "empty.png": b"",
        "blue.webp": picture("blue", format="WEBP"),
    }
    rows = [
        row(),
        row(id="a", image="cut.jpg"),
        row(id="b", image="text.png"),
        row(id="c", image="bomb.png"),
        row(id="d", image="empty.png"),
        row(id="e", image="none.png"),
        row(id="f", image="../pairs.jsonl"),
        row(id="g", image=""),
        row(id="h", text=""),
        row(id="i", text_class="Colour"),
        row(id="j", category="hats"),
        row(id="z", image="blue.webp", text="blue", text_class="property value"),
    ]

    run = imported(tmp_path, *rows, files=files)

    assert run.status == RunStatus.DONE, run.error
    assert set(ImageCandidate.objects.values_list("source_id", flat=True)) == {"p1", "z"}
    found = dict(errors_of(run))
    assert sorted(found) == list(range(2, 12))
    assert found[2].startswith("the image is damaged: ") and "“cut.jpg”" in found[2]
    assert found[3] == "this is no JPEG, PNG, WebP or GIF image (“text.png”)"
    assert found[4] == "the image has more than 50,000,000 pixels (“bomb.png”)"
    assert found[5] == "the image file is empty (“empty.png”)"
    assert found[6] == "the image “none.png” is not there"
    assert found[7].startswith("the image “../pairs.jsonl” must be named from within")
    assert found[8] == "the image is missing" and found[9] == "the text is missing"
    assert found[10].startswith("the class of the text is “Colour”")
    assert (
        run.lines.filter(level="warning").first().text.startswith("pairs.jsonl, row 2: the image is damaged")
    )


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_archive_does_as_well_and_leaves_nothing_behind(tmp_path, kind):
    path = tmp_path / f"images.{kind}"
    (tmp_path / "red.png").write_bytes(picture("red"))
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(tmp_path / "red.png", "red.png")
    else:
        with tarfile.open(path, "w:gz") as archive:
            archive.add(tmp_path / "red.png", "red.png")

    run = imported(tmp_path, row(), images=path)

    assert run.counts["added"] == 1, errors_of(run)
    assert not run.folder.exists()


def test_what_is_no_archive_fails_the_run_in_one_line(tmp_path):
    path = tmp_path / "images.rar"
    path.write_bytes(b"Rar!")

    run = imported(tmp_path, row(), images=path)

    assert run.status == RunStatus.FAILED
    assert run.error.startswith("images.rar: neither a ZIP archive nor a whole TAR archive")
    assert not run.folder.exists()


def test_the_same_file_again_changes_nothing_and_decodes_nothing(tmp_path, monkeypatch):
    rows = [row(), row(id="", text="round")]
    imported(tmp_path, *rows)
    before = list(ImageCandidate.objects.order_by("pk").values()), list(Image.objects.values())
    monkeypatch.setattr("mining.images.store.web_copy", lambda *_: pytest.fail("decoded again"))

    again = imported(tmp_path, *rows)

    assert (again.counts["added"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 2)
    assert (list(ImageCandidate.objects.order_by("pk").values()), list(Image.objects.values())) == before


def test_promise_5_another_picture_under_the_same_id_is_a_new_revision(tmp_path):
    imported(tmp_path, row())

    imported(tmp_path, row(title="Another title"))
    assert ImageCandidate.objects.get().revision == 0

    run = imported(tmp_path, row(), files={"red.png": picture("#ee1111")})
    candidate = ImageCandidate.objects.get()
    assert (run.counts["changed"], candidate.revision) == (1, 1)
    assert Image.objects.count() == 2


def test_the_same_pair_under_another_id_is_a_duplicate(tmp_path):
    imported(tmp_path, row())

    run = imported(tmp_path, row(id="p9", text="RED", title="Elsewhere"))

    assert (run.counts["added"], run.counts["duplicates"]) == (0, 1)


def test_an_image_whose_row_was_never_written_is_taken_up(tmp_path):
    """Killed between file and row: the file is there, the database knows nothing of it."""
    ImageStore(tmp_path / "media/images").keep(picture("red"))

    run = imported(tmp_path, row())

    assert run.counts["added"] == 1 and len(Image.objects.get().statistics) > 10


def test_images_are_held_one_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(ImageTextImporter, "batch_rows", 2)
    rows = [row(id=f"p{number}", text=f"text {number}") for number in range(5)]

    run = imported(tmp_path, *rows)

    assert run.counts["added"] == 5 and run.counts["read"] == 5
