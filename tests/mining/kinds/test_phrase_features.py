import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mining.kinds.phrase.features import features
from tests.factories.learning import make_category, make_phrase, make_phrase_campaign

pytestmark = pytest.mark.django_db


def test_one_row_per_task_in_their_order_with_the_newest_figures():
    first = make_phrase("保湿", category=make_category(), sentence="很保湿哦")
    make_phrase("Oil Control", language="en", category=make_category())
    tasks = list(make_phrase_campaign().tasks.order_by("-pk"))
    first.count = 77
    first.save()

    english, chinese = features(tasks)

    assert (english["phrase"], english["form"], english["language"]) == ("Oil Control", "oil control", "en")
    assert chinese["category"] == english["category"] == "face-cream"
    assert (chinese["count"], chinese["pmi"], chinese["lift"]) == (77, 4.0, 1.0)
    assert chinese["examples"] == [{"text": "很保湿哦", "start": 1, "end": 3, "source": "review"}]


def test_a_candidate_that_is_gone_still_gives_a_row():
    make_phrase("保湿", category=make_category())
    (task,) = make_phrase_campaign().tasks.all()
    task.candidate_id = 10**9

    (row,) = features([task])

    assert (row["phrase"], row["form"]) == ("保湿", "保湿")


def test_one_query_per_batch():
    for _ in range(20):
        make_phrase(category=make_category())
    tasks = list(make_phrase_campaign().tasks.all())

    with CaptureQueriesContext(connection) as captured:
        assert len(features(tasks)) == 20

    assert len(captured) == 1
