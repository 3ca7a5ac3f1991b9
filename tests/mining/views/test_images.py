import pytest

from mining.actions.imports_images import image_store
from tests.factories.candidates import make_image
from tests.factories.people import make_annotator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def reader(client):
    client.force_login(make_annotator())
    return client


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_an_image_is_served_by_its_digest_for_ever(reader, prefix):
    image = make_image()

    answer = reader.get(f"{prefix}/images/{image.sha256}")

    assert b"".join(answer) == image_store().web(image.sha256).read_bytes()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert int(answer["Content-Length"]) > 100


def test_a_browser_that_has_it_gets_no_second_copy(reader):
    image = make_image()
    first = reader.get(f"/images/{image.sha256}")
    assert b"".join(first)
    etag = first["ETag"]

    again = reader.get(f"/images/{image.sha256}", HTTP_IF_NONE_MATCH=etag)
    other = reader.get(f"/images/{image.sha256}", HTTP_IF_NONE_MATCH='"another"')

    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] and again["ETag"] == etag
    assert b"".join(other)


@pytest.mark.parametrize(
    "digest", ["0" * 64, "..", "..%2F..%2Fsecret_key", "%2Fetc%2Fpasswd", "x" * 5_000, "made-up.web", "%00"]
)
def test_anything_else_is_not_found(reader, digest):
    make_image()

    assert reader.get(f"/images/{digest}").status_code == 404


def test_a_file_that_went_missing_is_not_found(reader):
    image = make_image()
    image_store().web(image.sha256).unlink()

    assert reader.get(f"/images/{image.sha256}").status_code == 404


def test_a_stranger_gets_no_image(client):
    image = make_image()

    assert client.get(f"/images/{image.sha256}").status_code == 302
    assert client.get(f"/api/v1/images/{image.sha256}").status_code == 401


def test_nothing_is_changed_by_a_post(reader):
    assert reader.post(f"/images/{make_image().sha256}").status_code == 405
