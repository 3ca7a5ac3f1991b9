"""The record of a run and the comparison of two: do they work, refuse strangers, refuse nonsense?"""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from mining.actions.runs import create_claimed
from mining.models import CandidateFate, Run, RunKind, RunPhrase, RunStatus
from mining.run_record import SHOWN
from tests.factories.people import make_admin, make_annotator, make_curator
from tests.factories.runs import make_candidate, run_import, write_lines

pytestmark = pytest.mark.django_db


def make_run(*fates, **parameters):
    """A mining run with a record: (text, stage, rule, score) each."""
    run = create_claimed(RunKind.MINE_PHRASES, {"method": "forest", **parameters})
    run.stages = [{"name": f"en:{name}", "done": 1, "total": 1, "seconds": 0.1}
                  for name in ("count:1", "candidates", "quality", "mlm", "select")]  # fmt: skip
    run.save()
    CandidateFate.objects.bulk_create(
        CandidateFate(
            run=run, place=place, language="en", text=text, count=100 - place, stage=stage, rule=rule,
            score=score, quality=score,
            features={"pmi": float(place), "left_entropy": 1.0, "right_entropy": 2.0},
        )
        for place, (text, stage, rule, score) in enumerate(fates)
    )  # fmt: skip
    return run


@pytest.fixture
def two():
    kept = [(f"phrase {at:02}", "", "", 0.9 - at / 100) for at in range(60)]
    a = make_run(*kept, ("oft fabric", "mlm", "incomplete", 0.6), ("of the", "quality", "min_quality", None))
    b = make_run(
        *[(text, "", "", score - 0.001 * at) for at, (text, *_rest, score) in enumerate(kept[:57])],
        ("soft fabric", "", "", 0.4), ("phrase 58", "quality", "min_quality", 0.2), segment=False,
    )  # fmt: skip
    return a, b


@pytest.fixture
def curator(client):
    user = make_curator()
    client.force_login(user)
    return user


def listed(client, run, **asked):
    answer = client.get(reverse("mining:run-record", args=[run.pk]), asked)
    assert answer.status_code == 200
    return answer


def texts(answer):
    return [row.text for row in answer.context["page"]]


def test_the_record_is_paged_by_key_in_every_order(client, curator, two):
    a, _ = two
    for sort, wanted in (("", 62), ("count", 62), ("score", 61), ("quality", 61)):
        answer = listed(client, a, sort=sort)
        seen, query = texts(answer), answer.context["page"].more
        answer = client.get(reverse("mining:run-record", args=[a.pk]) + query)
        seen += texts(answer)
        assert len(seen) == len(set(seen)) == wanted and not answer.context["page"].more, sort
    assert "a fragment" in answer.text


def test_the_record_is_narrowed(client, curator, two):
    a, _ = two
    run = make_candidate(a, text="Phrase 03", normal_form="phrase 03")
    RunPhrase.objects.create(run=a, candidate=run, score=0.5, count=3, is_new=True)

    assert texts(listed(client, a, stage="mlm")) == ["oft fabric"]
    assert texts(listed(client, a, rule="min_quality")) == ["of the"]
    assert texts(listed(client, a, stage="dropped", q="FABRIC")) == ["oft fabric"]
    assert len(texts(listed(client, a, stage="kept", q="phrase 0"))) == 10
    assert texts(listed(client, a, language="zh")) == []
    for nonsense in (
        {"after": "x~y"},
        {"after": "nan~3", "sort": "score"},
        {"category": "9" * 30},
        {"sort": "!"},
    ):
        listed(client, a, **nonsense)


def test_the_story_tells_stages_measures_sentences_and_verdicts(client, curator, two, tmp_path):
    a, _ = two
    run_import(
        write_lines(
            tmp_path / "d.jsonl", [{"id": "1", "text": "Very soft fabric 100%. Good.", "language": "en"}]
        )
    )
    dropped = a.fates.get(text="oft fabric")

    answer = client.get(reverse("mining:run-story", args=[a.pk, dropped.place]))

    assert answer.context["steps"] == [
        ("candidates", "passed"), ("quality", "passed"), ("mlm", "dropped"), ("select", "not reached"),
    ]  # fmt: skip
    pmi = next(row for row in answer.context["standing"] if row.name == "pmi")
    assert (pmi.value, pmi.below_kept, pmi.below_dropped) == (60.0, 1.0, 0.0)
    assert "Very s<mark>oft fabric</mark> 100%." in answer.text
    candidate = make_candidate(a, text="phrase 03", normal_form="phrase 03", language="en")
    page = client.get(reverse("mining:candidate", args=[candidate.pk]))
    assert reverse("mining:run-story", args=[a.pk, 3]) in page.text
    kept = client.get(reverse("mining:run-story", args=[a.pk, 3]))
    assert {outcome for _stage, outcome in kept.context["steps"]} == {"passed"}
    assert f"#{two[1].pk}" in kept.text
    assert client.get(reverse("mining:run-story", args=[a.pk, 9999])).status_code == 404


def test_what_decided_is_named_with_its_threshold_and_zeros_fold_away(client, curator):
    run = make_run(
        ("soft", "", "", 0.9), ("the soft", "quality", "min_quality", 0.31),
        ("a soft", "candidates", "min_pmi", None), ("of", "candidates", "stop_word_edge", None), min_pmi=2.5,
    )  # fmt: skip
    torn = run.fates.get(text="a soft")
    torn.features |= {"first_verb": 0.0, "last_verb": 0.0}
    torn.save()

    record = listed(client, run).text
    story = client.get(reverse("mining:run-story", args=[run.pk, torn.place]))

    assert record.count('class="muted deciding"') == 2
    assert "quality 0.31, needed 0.50" in record and "cohesion 2.00, needed 2.50" in record
    assert "cohesion 2.00, needed 2.50" in story.text and story.text.count('class="decided"') == 1
    assert story.context["standing"][0].name == "pmi"
    assert {one.name for one in story.context["nothing"]} == {"first_verb", "last_verb"}
    assert "2 more measures are 0" in story.text


def test_the_run_of_a_miner_leads_to_a_campaign_about_its_candidates(client, curator):
    run = make_run(("soft", "", "", 0.9))
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.DONE, finished_at=timezone.now(), counts={"phrases": 1, "candidates": 2}
    )
    link = f"{reverse('annotation:campaign-new')}?run={run.pk}"

    to_curator = client.get(reverse("mining:run", args=[run.pk])).text
    client.force_login(make_admin())
    to_admin = client.get(reverse("mining:run", args=[run.pk])).text

    assert link not in to_curator and link in to_admin
    assert "A phrase is a candidate in each category" in to_curator


def test_two_runs_beside_each_other(client, curator, two):
    a, b = two
    url = reverse("mining:compare-runs")

    whole = client.get(url, {"a": a.pk, "b": b.pk})
    assert whole.context["shared"] == {"both": 57, "only_a": 3, "only_b": 1}
    assert whole.context["parameters"] == [("segment", None, False)]
    assert [(row.text, row.rule) for row in whole.context["page"]] == [
        ("phrase 57", None), ("phrase 58", "min_quality"), ("phrase 59", None),
    ]  # fmt: skip
    only_b = client.get(url, {"a": a.pk, "b": b.pk, "show": "only_b"})
    assert [row.text for row in only_b.context["page"]] == ["soft fabric"]
    moved = client.get(url, {"a": a.pk, "b": b.pk, "show": "moved"})
    gaps = [row.gap for row in moved.context["page"]]
    assert gaps == sorted(gaps, reverse=True) and len(gaps) == 50
    rest = client.get(url + moved.context["page"].more)
    assert len(rest.context["page"]) == 6 and rest.context["page"].rows[0].gap < gaps[-1] + 1e-9


def test_differences_come_as_csv(client, curator, two):
    a, b = two
    found = {}
    for show in SHOWN:
        answer = client.get(reverse("mining:compare-runs-csv"), {"a": a.pk, "b": b.pk, "show": show})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        found[show] = list(csv.DictReader(io.StringIO(text)))

    assert [len(found[show]) for show in SHOWN] == [3, 1, 56]
    assert found["only_a"][1]["phrase"] == "phrase 58" and found["only_a"][1]["by rule"] == "min_quality"
    for wrong in ({"a": a.pk}, {"a": a.pk, "b": b.pk, "show": "all"}, {"a": "x", "b": b.pk, "show": "moved"}):
        assert client.get(reverse("mining:compare-runs-csv"), wrong).status_code == 404


def test_pages_open_without_runs_and_refuse_other_runs(client, curator):
    other = create_claimed(RunKind.TRAIN, {})

    assert client.get(reverse("mining:compare-runs")).status_code == 200
    assert client.get(reverse("mining:compare-runs"), {"a": other.pk}).status_code == 404
    assert client.get(reverse("mining:run-record", args=[other.pk])).status_code == 404
    assert "made room" in listed(client, make_run()).text


def test_strangers_are_refused(client, two):
    a, _ = two
    pages = [reverse("mining:run-record", args=[a.pk]), reverse("mining:run-story", args=[a.pk, 0]),
             reverse("mining:compare-runs"), f"/api/v1/runs/{a.pk}/record"]  # fmt: skip
    assert [client.get(page).status_code for page in pages] == [302, 302, 302, 401]
    client.force_login(make_annotator())
    assert {client.get(page).status_code for page in pages} == {403}


def test_the_api_tells_the_record_and_the_differences(client, curator, two):
    a, b = two

    first = client.get(f"/api/v1/runs/{a.pk}/record?page_size=60").json()
    second = client.get(first["next"]).json()
    told = client.get(f"/api/v1/runs/{a.pk}/compare/{b.pk}?limit=2").json()
    more = client.get(f"/api/v1/runs/{a.pk}/compare/{b.pk}?limit=2&after={told['after']}").json()

    assert [row["stage"] for row in second["results"]] == ["mlm", "quality"]
    assert (told["both"], told["only_this"], told["only_other"]) == (57, 3, 1)
    assert [row["text"] for row in told["rows"] + more["rows"]] == ["phrase 57", "phrase 58", "phrase 59"]
    assert more["after"] == "" and told["parameters"] == [{"name": "segment", "this": None, "other": False}]
    assert client.get(f"/api/v1/runs/{a.pk}/compare/{b.pk}?show=all").status_code == 400
    assert client.get(f"/api/v1/runs/{a.pk}/record?category=x").status_code == 400


def test_every_measure_and_rule_of_the_learning_method_has_words():
    from mining.phrases.quality.features import FEATURES as MEASURED
    from mining.phrases.quality.features import TAGS
    from mining.templatetags.mining_runs import FEATURES, feature_words, rule_words

    with override("zh-hans"):
        words = [feature_words(name) for name in (*TAGS, *FEATURES)]
        assert not [word for word in words if word.isascii()]
        assert not rule_words("not_segmented").isascii()
    assert feature_words("first_noun") == "Begins with a noun"
    assert set(TAGS) <= set(MEASURED)
