"""Exports that a worker writes: once, whole, for those who may see them, for a while."""

import hashlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from annotation.actions import exporting
from annotation.actions.exporting import forget_exports, start_export, write
from annotation.exports import export, tables
from annotation.models import ExportFile, ExportStatus
from annotation.models.export_file import KEPT_FOR, SILENT
from annotation.tasks import take_up_exports
from people.models import Change
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign
from tests.factories.people import make_admin, make_curator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def campaign():
    campaign = make_campaign(size=6)
    for name in ("ann", "ben"):
        person = make_annotator(username=name)
        for task in campaign.tasks.all():
            give_and_judge(task, person, comment=f"by {name}")
    return campaign


def written(campaign, **wanted):
    file = start_export(campaign=campaign, **{"table": "judgments", "format": "csv", **wanted})
    write(file.pk)
    file.refresh_from_db()
    return file


@pytest.mark.parametrize(
    ("table", "format", "rows"),
    [
        ("judgments", "csv", 12),
        ("judgments", "parquet", 12),
        ("verdicts", "jsonl", 0),
        ("verdicts", "datasets", 12),
    ],
)
def test_the_file_holds_what_is_streamed_otherwise(campaign, table, format, rows):
    file = written(campaign, table=table, format=format)

    content = file.path.read_bytes()
    assert content == b"".join(export(campaign, table, format))
    assert (file.status, file.rows, file.total, file.size) == ("done", rows, rows, len(content))
    assert file.digest == hashlib.sha256(content).hexdigest()
    assert [path.name for path in file.path.parent.iterdir()] == [str(file.pk)]


def test_asked_again_while_it_is_written_it_is_the_same_and_afterwards_a_new_one(campaign):
    first = start_export(campaign=campaign, table="verdicts", format="csv")
    again = start_export(campaign=campaign, table="verdicts", format="csv")
    other = start_export(campaign=campaign, table="verdicts", format="jsonl")

    assert again == first != other
    assert Change.objects.filter(action="export").count() == 2
    assert write(first.pk) > 0 and write(first.pk) == 0
    assert start_export(campaign=campaign, table="verdicts", format="csv") != first


def test_a_worker_that_died_is_followed_by_another_that_begins_anew(campaign, monkeypatch):
    monkeypatch.setattr(tables, "TASKS_AT_ONCE", 2)
    file = start_export(campaign=campaign, table="judgments", format="csv")
    export_as_it_is = exporting.export

    def dies(*args, **kwargs):
        chunks = export_as_it_is(*args, **kwargs)
        yield next(chunks)
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "export", dies)
    with pytest.raises(KeyboardInterrupt):
        write(file.pk)
    assert take_up_exports() == 0  # it may still be at it
    ExportFile.objects.update(beat_at=timezone.now() - 2 * SILENT)
    assert list(ExportFile.objects.abandoned()) == [file]

    monkeypatch.setattr(exporting, "export", export_as_it_is)
    write(file.pk)

    file.refresh_from_db()
    assert file.path.read_bytes() == b"".join(export(campaign, "judgments", "csv")) and file.rows == 12
    assert not file.path.with_suffix(".part").exists()


def test_a_failure_says_why_and_leaves_no_file(campaign, monkeypatch):
    def fails(*args, **kwargs):
        yield b"half"
        raise OSError("the disk is full")

    monkeypatch.setattr(exporting, "export", fails)
    file = start_export(campaign=campaign, table="judgments", format="csv")
    with pytest.raises(OSError, match="full"):
        write(file.pk)

    file.refresh_from_db()
    assert (file.status, file.why) == (ExportStatus.FAILED, "the disk is full")
    assert list(file.path.parent.iterdir()) == []


def test_how_far_it_has_come_is_told_while_it_is_written(campaign, monkeypatch):
    monkeypatch.setattr(tables, "TASKS_AT_ONCE", 2)
    monkeypatch.setattr(exporting, "BEAT", 0)
    monkeypatch.setattr("annotation.exports.CHUNK", 1)
    monkeypatch.setattr("annotation.exports.text.TOGETHER", 1)
    told = []
    note = exporting._note
    monkeypatch.setattr(exporting, "_note", lambda file, **facts: (told.append(facts), note(file, **facts)))

    written(campaign)

    seen = [facts["rows"] for facts in told if "rows" in facts]
    assert seen == sorted(seen) and len(set(seen)) > 3 and seen[-1] == 12


def test_after_a_week_it_is_forgotten_with_its_file(campaign):
    old, young = written(campaign), written(campaign, format="jsonl")
    ExportFile.objects.filter(pk=old.pk).update(finished_at=timezone.now() - KEPT_FOR - timedelta(minutes=1))

    assert forget_exports() == 1

    assert not old.path.exists() and young.path.exists()
    assert list(ExportFile.objects.all()) == [young]


def test_a_download_that_broke_off_goes_on_where_it_was(client, campaign):
    file = written(campaign)
    content, url = file.path.read_bytes(), reverse("annotation:export-file", args=[file.pk])
    client.force_login(make_curator())

    def get(**headers):
        answer = client.get(url, headers=headers)
        return answer.status_code, b"".join(answer), answer

    status, body, whole = get()
    assert (status, body) == (200, content)
    assert whole["Content-Disposition"].endswith('-judgments.csv"') and whole["Accept-Ranges"] == "bytes"
    status, body, part = get(range="bytes=100-", if_range=whole["ETag"])
    assert (status, body) == (206, content[100:])
    assert part["Content-Range"] == f"bytes 100-{len(content) - 1}/{len(content)}"
    assert part["Content-Length"] == str(len(content) - 100)
    assert get(range="bytes=5-9")[:2] == (206, content[5:10])
    assert get(range="bytes=-7")[:2] == (206, content[-7:])
    assert get(range="bytes=5-999999999")[:2] == (206, content[5:])
    assert get(range="bytes=5-9", if_range='"something else"')[:2] == (200, content)
    assert get(range="pages=1-2")[:2] == get(range="bytes=-")[:2] == (200, content)
    assert get(range=f"bytes={'9' * 5_000}-")[:2] == (200, content)
    status, body, beyond = get(range=f"bytes={len(content)}-")
    assert (status, body, beyond["Content-Range"]) == (416, b"", f"bytes */{len(content)}")


def fetched(client, url):
    answer = client.get(url)
    b"".join(answer)
    return answer.status_code


def test_files_with_names_are_for_admins_alone(client, campaign):
    named, plain = written(campaign, names=True), written(campaign)
    assert b"ann" in named.path.read_bytes() and b"ann," not in plain.path.read_bytes()
    urls = [reverse("annotation:export-file", args=[file.pk]) for file in (named, plain)]
    by_api = [reverse("annotation-api:written-export", args=[file.pk]) for file in (named, plain)]

    client.force_login(make_curator())
    told = client.get(f"/api/v1/campaigns/{campaign.pk}/exports").json()["results"]

    assert [fetched(client, url) for url in urls + by_api] == [404, 200, 404, 200]
    assert [one["id"] for one in told] == [plain.pk]
    assert client.get(f"/api/v1/exports/{named.pk}").status_code == 404
    assert urls[0] not in client.get(reverse("annotation:exports", args=[campaign.pk])).content.decode()
    client.force_login(make_admin())
    assert [fetched(client, url) for url in urls + by_api] == [200] * 4


def test_the_page_asks_a_worker_and_shows_how_far_it_is(client, campaign):
    page = reverse("annotation:exports", args=[campaign.pk])
    client.force_login(make_curator())

    wanted = {"table": "judgments", "format": "csv", "names": "on"}
    asked = [client.post(page, wanted, follow=True).content.decode() for _click in range(2)]
    file = ExportFile.objects.get()
    ExportFile.objects.update(status="running", rows=3, total=12)
    living = client.get(page, headers={"hx-request": "true"}).content.decode()
    write(file.pk)
    done = client.get(page, headers={"hx-request": "true"}).content.decode()

    assert not file.names  # which a curator cannot ask for
    assert all("a worker does it" in shown and 'hx-trigger="every 2s"' in shown for shown in asked)
    assert 'value="0.250"' in living and "every 2s" in living and "<html" not in living
    assert reverse("annotation:export-file", args=[file.pk]) in done and "every 2s" not in done
    refused = client.post(page, {"table": "people", "format": "csv"})
    assert refused.status_code == 200 and "people is not one of" in refused.content.decode()
    assert ExportFile.objects.count() == 1


def test_many_rows_are_not_offered_at_once(client, campaign, monkeypatch):
    page, direct = reverse("annotation:exports", args=[campaign.pk]), "/export/judgments/csv"
    client.force_login(make_curator())
    assert direct in client.get(page).content.decode()

    monkeypatch.setattr("annotation.views.exports.STREAMED", 11)
    shown = client.get(page).content.decode()

    assert direct not in shown and "12 judgments and 0 verdicts are too many" in shown


def test_a_program_asks_follows_and_fetches(client, campaign):
    client.force_login(make_curator())
    wanted = {"table": "judgments", "format": "jsonl", "names": True}

    asked = client.post(f"/api/v1/campaigns/{campaign.pk}/exports", wanted, content_type="application/json")
    again = client.post(f"/api/v1/campaigns/{campaign.pk}/exports", wanted, content_type="application/json")
    number = asked.json()["id"]
    early = client.get(f"/api/v1/exports/{number}/file")
    write(number)
    told = client.get(f"/api/v1/exports/{number}").json()
    fetched = b"".join(client.get(f"/api/v1/exports/{number}/file"))

    assert asked.status_code == again.status_code == 202 and again.json()["id"] == number
    assert early.status_code == 404 and not told["names"]
    assert (told["status"], told["rows"], told["size"]) == ("done", 12, len(fetched))
    assert hashlib.sha256(fetched).hexdigest() == told["digest"]
    wrong = client.post(f"/api/v1/campaigns/{campaign.pk}/exports", {"table": "x"}, "application/json")
    assert wrong.status_code == 400 and set(wrong.json()["errors"]) == {"table", "format"}
