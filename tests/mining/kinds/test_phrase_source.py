import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.actions.campaigns import create_campaign
from annotation.actions.filling import fill_campaign
from annotation.actions.undoing import withdraw_judgment
from annotation.models import Answer, Verdict
from mining.kinds.phrase.left_out import left_out
from mining.kinds.phrase.source import source
from tests.factories.annotation import give_and_judge as judge
from tests.factories.learning import (
    make_category,
    make_example,
    make_mining_run,
    make_phrase,
    make_phrase_campaign,
)
from tests.factories.people import make_annotator

pytestmark = pytest.mark.django_db


def draft(question="poi", **narrow):
    return create_campaign(name=f"draft {question} {narrow}", kind="phrase", question=question, source=narrow)


def phrases(campaign):
    return [new.content["phrase"] for new in source(campaign)]


def judged(candidate, campaign, answer):
    task = campaign.tasks.get(candidate_id=candidate.pk, revision=candidate.revision)
    return judge(task, make_annotator(), answer)


def test_the_annotator_sees_phrase_category_and_examples_with_the_phrase_marked():
    candidate = make_phrase("保湿补水", category=make_category())
    make_example(candidate, "  这款保湿补水很好", title="好用的面霜")

    (new,) = source(draft())

    assert (new.candidate_id, new.revision, new.language) == (candidate.pk, 0, "zh")
    (example,) = new.content.pop("examples")
    assert new.content == {
        "phrase": "保湿补水",
        "category": {"en": "Face cream", "zh": "面霜"},
        "category_id": "face-cream",
        "language": "zh",
    }
    assert example["text"][example["start"] : example["end"]] == "保湿补水"
    assert example["text"] == "这款保湿补水很好"
    assert (example["source"], example["kind"]) == ("好用的面霜", "review")


def test_a_run_has_more_candidates_than_a_campaign_asks_about_and_it_says_why():
    cream = make_category()
    run = make_mining_run()
    kept = [make_phrase(category=cream, run=run) for _number in range(3)]
    make_phrase(run=run)  # without a category
    make_phrase("oil control", language="en", category=cream, run=run)
    elsewhere = make_phrase_campaign(source={"languages": ["zh"]})
    judged(kept[0], elsewhere, Answer.REJECT)

    (said,) = left_out(draft(run=run.pk, languages=["zh"], limit=1))

    assert said.startswith("The run has 5 candidates, a phrase counting once for each of its categories.")
    assert said.endswith(
        "Left out: 1 in other languages, 1 without a category, 1 turned down before, "
        "1 beyond the number you allow."
    )
    assert left_out(draft(languages=["zh"])) == []


def test_a_document_without_title_is_named_after_its_kind():
    make_phrase("oil control", language="en", category=make_category(), sentence="It does oil control.")

    (new,) = source(draft())

    assert new.content["examples"][0]["source"] == "Customer review"


def test_examples_are_of_different_documents_and_kinds_and_never_repeat():
    candidate = make_phrase("保湿", category=make_category())
    for number in range(4):
        make_example(candidate, f"保湿第{number}句", kind="review")
    make_example(candidate, "保湿 第0句", kind="article")
    make_example(candidate, "文章说保湿", kind="article")

    (new,) = source(draft())

    shown = [(example["kind"], example["text"]) for example in new.content["examples"]]
    assert shown == [("review", "保湿第0句"), ("article", "文章说保湿"), ("review", "保湿第1句")]


def test_offsets_count_characters_also_beyond_the_basic_plane():
    candidate = make_phrase("保湿", category=make_category(), sentence="😀👍🏽真的保湿😀")

    (new,) = source(draft())

    (example,) = new.content["examples"]
    assert example["text"][example["start"] : example["end"]] == candidate.text


def test_points_of_interest_need_a_category_and_problems_ask_about_a_phrase_once():
    cream, cleanser = make_category(), make_category("cleanser", en="Cleanser", zh="洗面奶")
    make_phrase("保湿", category=cream, is_primary=True)
    make_phrase("保湿", category=cleanser, is_primary=False)
    make_phrase("干燥", category=None)

    assert phrases(draft("poi")) == ["保湿", "保湿"]
    assert phrases(draft("problem")) == ["保湿", "干燥"]


def test_only_candidates_without_a_task_at_their_revision_come():
    candidate = make_phrase("保湿", category=make_category())
    campaign = make_phrase_campaign()
    make_phrase("补水", category=make_category())

    assert phrases(campaign) == ["补水"]

    fill_campaign(campaign)
    assert phrases(campaign) == []

    candidate.revision = 1
    candidate.save()
    assert phrases(campaign) == ["保湿"]


def test_promise_5_a_rejected_candidate_is_not_proposed_again_unless_its_evidence_changed():
    candidate = make_phrase("的时候", category=make_category())
    judged(candidate, make_phrase_campaign(), Answer.REJECT)

    assert phrases(draft("poi")) == []
    assert phrases(draft("problem")) == ["的时候"]  # another question is another matter

    candidate.revision = 1
    candidate.save()
    assert phrases(draft("poi", min_score=0.1)) == ["的时候"]


def test_promise_5_holds_only_while_the_verdict_stands():
    candidate = make_phrase("保湿", category=make_category())
    annotator = make_annotator()
    campaign = make_phrase_campaign()
    judgment = judge(campaign.tasks.get(candidate_id=candidate.pk), annotator, Answer.REJECT)
    withdraw_judgment(judgment_id=judgment.pk, annotator=annotator)

    assert not Verdict.objects.standing().exists()
    assert phrases(draft()) == ["保湿"]


def test_promise_5_a_rejected_problem_does_not_come_back_under_another_category():
    cream, cleanser = make_category(), make_category("cleanser", en="Cleanser", zh="洗面奶")
    first = make_phrase("的时候", category=cream, is_primary=True)
    other = make_phrase("的时候", category=cleanser, is_primary=False)
    campaign = make_phrase_campaign(question="problem")
    judged(first, campaign, Answer.REJECT)
    first.is_primary, other.is_primary = False, True
    first.save()
    other.save()

    assert phrases(draft("problem")) == []
    assert phrases(campaign) == []


def test_an_accepted_candidate_may_be_asked_about_in_another_campaign():
    candidate = make_phrase("保湿", category=make_category())
    judged(candidate, make_phrase_campaign(), Answer.ACCEPT)

    assert phrases(draft()) == ["保湿"]


def test_the_source_narrows_what_is_asked():
    cream, cleanser = make_category(), make_category("cleanser", en="Cleanser", zh="洗面奶")
    make_mining_run()
    newest = make_mining_run()
    make_phrase("保湿", category=cream, score=0.9)
    make_phrase("oil control", category=cream, language="en", score=0.3)
    make_phrase("洁净", category=cleanser, run=newest, score=0.5)

    assert phrases(draft(run=newest.pk)) == ["洁净"]
    assert phrases(draft(languages=["en"])) == ["oil control"]
    assert phrases(draft(categories=["cleanser"])) == ["洁净"]
    assert phrases(draft(categories=[cream.pk])) == ["保湿", "oil control"]
    assert phrases(draft(min_score=0.5)) == ["保湿", "洁净"]
    assert phrases(draft(limit=2)) == ["保湿", "洁净"]
    assert phrases(draft(limit=1, languages=["en"])) == ["oil control"]


def test_a_limit_is_kept_over_several_fills_and_not_spent_on_what_was_turned_down():
    cream = make_category()
    best = make_phrase("保湿", category=cream, score=0.9)
    judged(best, make_phrase_campaign(), Answer.REJECT)
    for number in range(4):
        make_phrase(f"补水{number}", category=cream, score=0.5 - number / 10)

    campaign = make_phrase_campaign(source={"limit": 2})

    assert [task.content["phrase"] for task in campaign.tasks.order_by("pk")] == ["补水0", "补水1"]
    assert fill_campaign(campaign) == 0
    judge(campaign.tasks.order_by("pk").first(), make_annotator(), Answer.REJECT)
    assert fill_campaign(campaign) == 0


def test_queries_do_not_grow_with_the_candidates():
    cream = make_category()
    campaign = draft()

    def queries(size):
        for _ in range(size):
            make_phrase(category=cream)
        candidate = make_phrase(category=cream)
        make_example(candidate, f"用了{candidate.text}")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            list(source(campaign))
        return len(captured)

    assert queries(3) == queries(60)
