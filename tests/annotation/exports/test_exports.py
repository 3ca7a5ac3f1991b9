"""Exports of judgments and verdicts: read back by what they are meant for, always the same bytes."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pandas
import pytest
import yaml
from crowdkit.aggregation import DawidSkene, MajorityVote
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pyarrow import parquet

from annotation.exports import FORMATS, export, tables
from annotation.models import Answer, Judgment, Verdict
from tests.factories.annotation import give_and_judge, make_annotator, make_campaign
from tests.factories.people import make_admin, make_curator

pytestmark = pytest.mark.django_db

SAID = {
    "ann": [Answer.ACCEPT, Answer.REJECT, Answer.ACCEPT],
    "ben": [Answer.ACCEPT, Answer.REJECT, Answer.BAD],
    "eve": [Answer.ACCEPT, Answer.ACCEPT, Answer.BAD],
}


@pytest.fixture
def campaign():
    """Three tasks judged by three people each, and a fourth that was skipped once."""
    campaign = make_campaign(size=4, source={"languages": ["en", "zh"]})
    people = {name: make_annotator(username=name) for name in SAID}
    *judged, skipped = campaign.tasks.order_by("pk")
    for name, answers in SAID.items():
        for task, answer in zip(judged, answers, strict=True):
            give_and_judge(task, people[name], answer, comment=f"by {name}, “=1+1”")
    give_and_judge(skipped, people["ann"], Answer.SKIP)
    return campaign


def whole(campaign, table="judgments", format="jsonl", **more):
    return b"".join(export(campaign, table, format, **more))


def lines(campaign, table="judgments", **more):
    return [json.loads(line) for line in whole(campaign, table, **more).splitlines()]


def test_json_lines_hold_every_standing_answer_under_pseudonyms(campaign):
    gone = Judgment.objects.filter(annotator__username="eve").first()
    Judgment.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())

    rows = lines(campaign)

    assert len(rows) == 9 and str(gone.pk) not in {row["judgment"] for row in rows}
    assert [row["task"] for row in rows] == sorted(row["task"] for row in rows)
    assert len({row["annotator"] for row in rows}) == 3
    assert not {"ann", "ben", "eve"} & {row["annotator"] for row in rows}
    assert {row["comment"] for row in rows} == {""}
    assert rows[0]["content"]["phrase"] == rows[0]["text"] and rows[0]["took_ms"] == 2000


def test_names_and_comments_come_only_where_they_are_asked_for(campaign):
    rows = lines(campaign, names=True)

    assert {row["annotator"] for row in rows} == {"ann", "ben", "eve"}
    assert "by ben, “=1+1”" in {row["comment"] for row in rows}


@pytest.mark.parametrize("table", tables.TABLES)
@pytest.mark.parametrize("format", FORMATS)
def test_the_same_bytes_come_out_however_they_are_batched(campaign, table, format, monkeypatch):
    first = whole(campaign, table, format)
    monkeypatch.setattr(tables, "TASKS_AT_ONCE", 1)

    assert whole(campaign, table, format) == first


def test_csv_and_parquet_say_what_json_lines_say(campaign):
    for table in tables.TABLES:
        expected = lines(campaign, table)
        read = list(csv.DictReader(io.StringIO(whole(campaign, table, "csv").decode())))
        columns = parquet.read_table(io.BytesIO(whole(campaign, table, "parquet"))).to_pylist()

        assert [row["task"] for row in columns] == [row["task"] for row in expected]
        assert [int(row["task"]) for row in read] == [row["task"] for row in expected]
        for row, column, cells in zip(expected, columns, read, strict=True):
            assert json.loads(column["content"]) == json.loads(cells["content"]) == row["content"]
            assert column["answer"] == cells["answer"] == row["answer"]
            assert set(column) == set(cells) == set(row)


def test_verdicts_carry_posterior_votes_and_pool(campaign):
    rows = lines(campaign, "verdicts")

    assert [row["answer"] for row in rows] == ["accept", "reject", "bad"]
    assert [(row["accepts"], row["rejects"], row["bads"]) for row in rows] == [
        (3, 0, 0),
        (1, 2, 0),
        (1, 0, 2),
    ]
    assert [row["posterior"] for row in rows] == list(
        Verdict.objects.order_by("task").values_list("posterior", flat=True)
    )


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # crowd-kit's own
def test_crowd_kit_aggregates_our_columns_to_our_verdicts(campaign):
    answers = pandas.read_csv(io.BytesIO(whole(campaign, format="crowdkit")))
    truth = pandas.read_csv(io.BytesIO(whole(campaign, "verdicts", "crowdkit"))).set_index("task")["label"]

    assert list(answers.columns) == ["task", "worker", "label"] and len(answers) == 9
    for method in (MajorityVote(), DawidSkene(n_iter=20)):
        assert method.fit_predict(answers).sort_index().to_dict() == truth.to_dict()


def test_the_datasets_folder_has_a_card_that_describes_its_tables(campaign):
    archive = zipfile.ZipFile(io.BytesIO(whole(campaign, format="datasets")))
    front, body = archive.read("README.md").decode().removeprefix("---\n").split("\n---\n", 1)
    card = yaml.safe_load(front)

    assert archive.testzip() is None
    assert [one["config_name"] for one in card["configs"]] == ["verdicts", "judgments"]
    for config, described in zip(card["configs"], card["dataset_info"], strict=True):
        held = parquet.read_table(io.BytesIO(archive.read(config["data_files"])))
        assert [feature["name"] for feature in described["features"]] == held.column_names
        assert described["splits"][0]["num_examples"] == held.num_rows > 0
    assert "Say yes if shoppers would search for it." in body and "eve" not in front + body


def test_curators_download_and_only_admins_get_names(client, campaign):
    page, url = reverse("annotation:exports", args=[campaign.pk]), "annotation:export"
    jsonl = reverse(url, args=[campaign.pk, "judgments", "jsonl"])
    client.force_login(make_curator())

    shown, streamed = client.get(page).content.decode(), client.get(jsonl + "?names=1")
    named = "?names=1" in shown
    by_api = client.get(f"/api/v1/campaigns/{campaign.pk}/export/judgments/jsonl")

    assert jsonl in shown and not named
    assert b"".join(streamed.streaming_content) == whole(campaign) == b"".join(by_api.streaming_content)
    assert streamed["Content-Disposition"].endswith('-judgments.jsonl"')
    client.force_login(make_admin())
    assert b"".join(client.get(jsonl + "?names=1").streaming_content) == whole(campaign, names=True)


@pytest.mark.parametrize("path", ["judgments/xml", "people/csv", "judgments/", "../judgments/csv"])
def test_what_is_not_there_is_not_found(client, campaign, path):
    client.force_login(make_admin())

    assert client.get(f"/campaigns/{campaign.pk}/export/{path}").status_code == 404
    assert client.get("/campaigns/987654/export/judgments/csv").status_code == 404


def test_the_command_writes_a_whole_file_or_none(campaign, tmp_path, capsys):
    call_command("export_judgments", campaign.name, table="verdicts", format="parquet", output=tmp_path)

    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == whole(campaign, "verdicts", "parquet") and file.suffix == ".parquet"
    with pytest.raises(CommandError, match="no campaign"):
        call_command("export_judgments", "nothing")
    with pytest.raises(CommandError, match="no-such-folder"):
        call_command("export_judgments", campaign.name, output=tmp_path / "no-such-folder" / "x.csv")


def test_a_campaign_without_answers_exports_empty_tables(client):
    empty = make_campaign(size=1)

    assert whole(empty) == b"" and len(whole(empty, format="csv").splitlines()) == 1
    assert parquet.read_table(io.BytesIO(whole(empty, format="parquet"))).num_rows == 0
    assert zipfile.ZipFile(io.BytesIO(whole(empty, format="datasets"))).testzip() is None


def test_times_are_written_in_utc(campaign):
    at = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    Judgment.objects.update(judged_at=at)

    assert lines(campaign)[0]["judged_at"] == at.strftime("%Y-%m-%dT%H:%M:%SZ")
