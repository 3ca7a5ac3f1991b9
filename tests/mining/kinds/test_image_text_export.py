"""The pictures of an image-text campaign travel with its verdicts in the dataset folder."""

import io
import zipfile

import pytest
import yaml
from PIL import Image as Picture
from pyarrow import parquet

from annotation.exports import export
from annotation.models import Answer
from tests.factories.annotation import give_and_judge
from tests.factories.candidates import make_image_candidate, make_kind_campaign
from tests.factories.people import make_annotator


@pytest.mark.django_db
def test_each_verdict_has_the_picture_that_was_shown(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    candidate = make_image_candidate(colour="navy")
    campaign = make_kind_campaign("image_text", "shows")
    give_and_judge(campaign.tasks.get(candidate_id=candidate.pk), make_annotator(), Answer.ACCEPT)

    archive = zipfile.ZipFile(io.BytesIO(b"".join(export(campaign, "verdicts", "datasets"))))
    (row,) = parquet.read_table(io.BytesIO(archive.read("data/verdicts.parquet"))).to_pylist()
    card = yaml.safe_load(archive.read("README.md").decode().split("---\n")[1])

    shown = Picture.open(io.BytesIO(row["image"]["bytes"])).convert("RGB")
    red, green, blue = shown.getpixel((5, 5))
    assert blue > 100 > max(red, green)
    assert {"name": "image", "dtype": "image"} in card["dataset_info"][0]["features"]
    assert "image" not in {feature["name"] for feature in card["dataset_info"][1]["features"]}
