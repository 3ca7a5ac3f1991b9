"""The tables of a run are folded: stages of one language, and rules of one language, are a line each."""

import pytest
from django.urls import reverse

from mining.models import Run, RunKind, RunStatus
from mining.views.runs import dropped, folded
from tests.factories.people import make_curator


def stage(name, seconds=1.0):
    return {"name": name, "done": None, "seconds": seconds}


def test_stages_of_one_language_are_one_block_with_their_time():
    rows = [stage("read"), stage("zh:encode"), stage("zh:count", 2.0), stage("en:encode"), stage("store")]

    blocks = folded(rows)

    assert [(block["language"], len(block["rows"]), block["seconds"]) for block in blocks] == [
        ("", 1, 1.0),
        ("zh", 2, 3.0),
        ("en", 1, 1.0),
        ("", 1, 1.0),
    ]
    assert folded([]) == []


def test_rules_are_added_up_for_each_language_most_first():
    told = {
        "en": {"quality": {"min_pmi": 3}, "select": {"min_count": 0}},
        "zh": {"candidates": {"min_count": 5, "clause": 1}, "select": {"clause": 9}},
    }

    blocks = {block["language"]: block for block in dropped(told)}

    assert blocks["zh"]["rules"] == [("clause", 10), ("min_count", 5)] and blocks["zh"]["total"] == 15
    assert blocks["en"]["rules"] == [("min_pmi", 3)]
    assert dropped({"en": {"select": {"min_count": 0}}}) == []


@pytest.mark.django_db
def test_the_page_of_a_run_shows_a_line_for_each_block(client):
    client.force_login(make_curator())
    names = ["read", "zh:encode", "zh:cohesion", "store"]
    run = Run.objects.create(
        kind=RunKind.MINE_PHRASES,
        status=RunStatus.DONE,
        stages=[{"name": name, "done": 1, "total": 1, "seconds": 0.5} for name in names],
        counts={"dropped": {"zh": {"candidates": {"min_count": 1234}}}},
    )

    page = client.get(reverse("mining:run", args=[run.pk])).content.decode()

    assert page.count('<details id="stages-') == 1 and page.count('class="fold-row"') == 2
    assert "2 stages" in page and '<details id="dropped-zh"' in page and "1,234" in page
