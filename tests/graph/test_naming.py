"""Pages of the graph call a concept as their reader would."""

import pytest
from django.urls import reverse
from django.utils import translation

from graph.models import Label, Triple
from graph.naming import in_page_language
from tests.factories.graph import make_category, make_triple
from tests.factories.people import make_curator

pytestmark = pytest.mark.django_db


@pytest.fixture
def cream():
    category = make_category("Face cream")
    Label.objects.create(concept=category, language="zh", text="面霜", normal_form="面霜", is_preferred=True)
    return category


@pytest.mark.parametrize("place", ["queue", "triple", "triple-pane", "concept", "concept-pane", "concepts"])
def test_a_chinese_page_says_the_chinese_name_and_an_english_page_the_english_one(client, cream, place):
    client.force_login(make_curator())
    triple = make_triple("oil control", category=cream)
    about = {
        "triple": [triple.pk],
        "triple-pane": [triple.pk],
        "concept": [cream.pk],
        "concept-pane": [cream.pk],
    }
    url = reverse(f"graph:{place}", args=about.get(place, []))

    chinese = client.get(url, headers={"Accept-Language": "zh-CN"}).text
    english = client.get(url, headers={"Accept-Language": "en"}).text

    assert ">面霜<" in chinese.replace(">面霜 ", ">面霜<")
    assert "Face cream" in english
    cream.refresh_from_db()
    assert (cream.name, cream.language) == ("Face cream", "en")


def test_names_of_many_rows_take_one_query(cream, django_assert_num_queries):
    for _ in range(5):
        make_triple(category=cream)
    rows = list(Triple.objects.with_parts())

    with translation.override("zh-hans"), django_assert_num_queries(1):
        in_page_language(rows)

    assert {row.subject.name for row in rows} == {"面霜"} and {row.object.language for row in rows} == {"en"}
