"""Candidates come in by page and API as they do by command, and can then be asked about."""

import functools
import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from annotation.actions.filling import fill_campaign
from annotation.models import Campaign
from mining.models import ImageCandidate, RelationCandidate, Run, RunKind, RunStatus
from mining.tasks.imports import import_image_texts, import_relations
from tests.factories.candidates import make_image_candidate, make_relation
from tests.factories.images import picture
from tests.factories.learning import make_category
from tests.factories.people import make_admin, make_curator
from tests.factories.runs import write_lines

pytestmark = pytest.mark.django_db
RELATIONS = (
    b"id,satz,relation,subject,object\n1,Winter gives me dry skin.,cause,Winter,dry skin\n2,x,cause,y,z\n"
)
PAIRS = b"id,image,text,text_class\n1,a.png,red,PropertyValue\n2,b.png,blue,PropertyValue\n"


@pytest.fixture
def admin(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    user = make_admin()
    client.force_login(user)
    make_category()
    return user


def archive(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, content in files.items():
            target.writestr(f"{name}.png", content)
    return SimpleUploadedFile("images.zip", packed.getvalue())


def test_relations_come_in_by_page_with_their_columns_named(client, admin):
    files = SimpleUploadedFile("relations.csv", RELATIONS)
    asked = client.post(reverse("mining:import"), {"what": "relations", "kind": "other", "chosen": files})
    page = client.get(asked.url)
    assert page.context["form"]["subject"].initial == "subject"

    started = client.post(
        asked.url, {"text": "satz", "relation": "relation", "subject": "subject", "object": "object"}
    )

    run = Run.objects.get()
    assert started.url == reverse("mining:run", args=[run.pk])
    import_relations(run.pk)
    run.refresh_from_db()
    assert (run.kind, run.status) == (RunKind.IMPORT_RELATIONS, RunStatus.DONE)
    assert (run.counts["added"], run.counts["errors"]) == (1, 1)
    assert client.get(started.url).status_code == 200


def test_images_come_in_by_page_with_their_archive(client, admin):
    told = {"what": "image_texts", "kind": "other", "chosen": SimpleUploadedFile("pairs.csv", PAIRS)}
    without = client.post(reverse("mining:import"), told)
    assert without.context["form"].errors["images"]

    told |= {"chosen": SimpleUploadedFile("pairs.csv", PAIRS), "images": archive(a=picture("red"))}
    asked = client.post(reverse("mining:import"), told)
    client.get(asked.url)
    client.post(asked.url, {"image": "image", "text": "text", "text_class": "text_class"})

    run = Run.objects.get()
    import_image_texts(run.pk)
    run.refresh_from_db()
    assert (run.counts["added"], run.counts["errors"]) == (1, 1), run.error
    assert ImageCandidate.objects.get().text == "red"
    page = client.get(reverse("mining:run", args=[run.pk]))
    assert "b.png" in page.text


def test_an_archive_beside_documents_is_not_kept(client, admin, tmp_path):
    files = SimpleUploadedFile("reviews.csv", b"text\nVery good.\n")
    told = {"what": "documents", "corpus": "shop", "kind": "review", "chosen": files, "images": archive()}

    client.post(reverse("mining:import"), told)

    assert not list((tmp_path / "media").rglob("images"))


def test_both_come_in_by_one_call_of_the_api(client, admin):
    first = client.post(
        "/api/v1/imports",
        {
            "what": "relations",
            "file": SimpleUploadedFile("r.csv", RELATIONS),
            "columns": json.dumps({"text": "satz"}),
        },
    )
    second = client.post(
        "/api/v1/imports",
        {"what": "image_texts", "file": SimpleUploadedFile("p.csv", PAIRS), "images": archive(a=picture())},
    )
    without = client.post(
        "/api/v1/imports", {"what": "image_texts", "file": SimpleUploadedFile("p.csv", PAIRS)}
    )

    assert (first.status_code, second.status_code, without.status_code) == (201, 201, 400), first.text
    import_relations(first.json()["id"])
    import_image_texts(second.json()["id"])
    relation, pair = RelationCandidate.objects.get(), ImageCandidate.objects.get()
    assert client.get(f"/api/v1/relation-candidates/{relation.pk}").json()["object_text"] == "dry skin"
    told = client.get(f"/api/v1/image-candidates/{pair.pk}").json()
    assert b"".join(client.get(told["image"]["url"])).startswith(b"\xff\xd8")
    found = client.get(f"/api/v1/relation-candidates?relation=cause&run={first.json()['id']}&language=en")
    assert [row["id"] for row in found.json()["results"]] == [relation.pk]
    assert client.get("/api/v1/image-candidates?language=zh").json()["results"] == []


def test_no_path_is_taken_from_a_request(client, admin, tmp_path):
    (tmp_path / "a.png").write_bytes(picture())

    answer = client.post(
        "/api/v1/imports",
        {"what": "image_texts", "file": SimpleUploadedFile("p.csv", PAIRS), "images": str(tmp_path)},
    )

    assert answer.status_code == 400
    assert not Run.objects.exists()


def test_the_commands_say_what_they_did_and_what_is_missing(admin, tmp_path, capsys):
    (tmp_path / "a.png").write_bytes(picture())
    pairs = tmp_path / "pairs.csv"
    pairs.write_bytes(PAIRS)
    relations = write_lines(tmp_path / "r.jsonl", [{"text": "Winter gives me dry skin.", "relation": "cause",
                                                    "subject": "Winter", "object": "dry skin"}])  # fmt: skip

    call_command("import_image_texts", str(pairs), images=str(tmp_path))
    call_command("import_relations", str(relations))

    said = capsys.readouterr().out
    assert (
        "rows read: 2, added: 1, rows that could not be used: 1" in said
        and "rows that could not be used: " in said
    )
    assert RelationCandidate.objects.count() == 1
    with pytest.raises(CommandError, match="no such folder or archive"):
        call_command("import_image_texts", str(pairs), images=str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("kind", "question", "make"),
    [("relation_sentence", "satisfy", make_relation), ("image_text", "shows", make_image_candidate)],
)
def test_campaigns_are_made_by_page_api_and_command_and_their_tasks_open(client, admin, kind, question, make):
    make()
    page = client.get(reverse("annotation:campaign-new"))
    assert f"{kind}/{question}" in page.text
    step = functools.partial(reverse, "annotation:campaign-step")
    kind_step = {"name": "By page", "asks": f"{kind}/{question}", "languages": ["en", "zh"]}
    client.post(step(args=["kind"]), kind_step)
    made = client.post(step(args=["review"]))
    assert made.status_code == 302 and "/new/" not in made.url
    answer = client.post(
        "/api/v1/campaigns",
        {"name": "By API", "kind": kind, "question": question},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.text
    call_command("create_campaign", "By command", kind=kind, question=question)

    assert set(Campaign.objects.values_list("name", "kind", "question")) == {
        (f"By {way}", kind, question) for way in ("page", "API", "command")
    }
    campaign = Campaign.objects.get(name="By API")
    assert fill_campaign(campaign) == 1
    client.force_login(make_curator())
    tasks = client.get(reverse("annotation:tasks", args=[campaign.pk]))
    assert ("Cotton → brings → breathable" if kind == "relation_sentence" else "red") in tasks.text
    detail = client.get(reverse("annotation:task-detail", args=[campaign.pk, campaign.tasks.get().pk]))
    assert detail.status_code == 200 and "annotation/kinds" in detail.text
