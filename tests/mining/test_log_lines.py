"""Logs are written in English and read in the language of the page."""

import pytest
from django.utils.translation import override

from mining.log_lines import ALL, PLACE, in_page_language


@pytest.mark.parametrize("words", ALL)
def test_every_line_is_known_again_with_what_it_carries(words):
    line = PLACE.sub(lambda place: f"<{place[1]} 1,234.5>", words)

    with override("zh-hans"):
        said = in_page_language(line)

    assert said != line
    for place in PLACE.findall(words):
        assert f"<{place} 1,234.5>" in said
    assert in_page_language(line) == line


def test_a_row_that_could_not_be_used_says_why_in_the_language_of_the_page():
    line = (
        "r.csv, row 3 (line 7): the category “鞋” is not known; import it first, or import with “Make "
        "categories that are not known yet” (--create-categories)"
    )

    with override("zh-hans"):
        said = in_page_language(line)

    assert said.startswith("r.csv 第 3 行（文件第 7 行）：类目“鞋”") and "category" not in said


def test_a_language_in_a_line_gets_its_name_and_an_unknown_line_stays():
    with override("zh-hans"):
        said = in_page_language("en: 1,499 different sentences of 197 documents, 346 phrases.")
        assert said == "英文：197 篇文档中有 1,499 个不同的句子，得到 346 个短语。"
        assert in_page_language("reviews.csv:3: no text") == "reviews.csv:3: no text"
