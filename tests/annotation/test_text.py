"""Words and markup of tasks and guidelines."""

import pytest
from django.utils.translation import override

from annotation.models import Answer, Guideline
from annotation.text import (
    examples_by_answer,
    guideline_examples,
    in_page_language,
    in_parts,
    marked,
    name_of,
    render_guideline,
)


@pytest.mark.parametrize(
    ("text", "start", "end", "html"),
    [
        ("a <b> c", 2, 5, "a <mark>&lt;b&gt;</mark> c"),
        ("😀保湿", 1, 3, "😀<mark>保湿</mark>"),
        ("short", 2, 99, "short"),
        ("short", 3, 3, "short"),
        ("short", -1, 2, "short"),
    ],
)
def test_the_span_is_marked_and_the_rest_escaped(text, start, end, html):
    assert marked(text, start, end) == html


def test_guidelines_have_paragraphs_and_lists():
    guideline = Guideline(text={"en": "One.\n\nYes:\n- <b>this</b>\n- that\nAfter."})

    assert render_guideline(guideline) == (
        "<p>One.</p><p>Yes:</p><ul><li>&lt;b&gt;this&lt;/b&gt;</li><li>that</li></ul><p>After.</p>"
    )


def test_words_come_in_the_language_of_the_page_or_in_what_there_is():
    with override("zh-hans"):
        assert in_page_language({"en": "Face cream", "zh": "面霜"}) == "面霜"
        assert in_page_language({"en": "Face cream"}) == "Face cream"
        examples = [{"language": "en", "candidate": "a"}, {"language": "zh", "candidate": "b"}]
        assert guideline_examples(Guideline(examples=examples)) == examples[1:]
        assert guideline_examples(Guideline(examples=examples[:1])) == examples[:1]
    assert in_page_language(None) == ""
    assert in_page_language({"fr": "crème"}) == "crème"


def test_good_and_bad_examples_stand_apart():
    named = [("a", "reject"), ("b", "accept"), ("c", "reject")]
    examples = [{"language": "en", "candidate": name, "answer": answer} for name, answer in named]

    groups = examples_by_answer(Guideline(examples=examples))

    assert [(answer, [one["candidate"] for one in group]) for answer, group in groups] == [
        (Answer.ACCEPT, ["b"]),
        (Answer.REJECT, ["a", "c"]),
    ]


def test_a_text_is_cut_at_the_spans_of_its_ends_in_the_order_they_stand_in():
    content = {"text": "😀b a.", "one": {"start": 3, "end": 4}, "two": {"start": 1, "end": 2}}

    parts = in_parts(content, "one", "two")

    assert [part["text"] for part in parts] == ["😀", "b", " ", "a", "."]
    assert [(part["name"], part["number"]) for part in parts if "name" in part] == [("two", 2), ("one", 1)]


@pytest.mark.parametrize("spans", [((0, 2), (1, 3)), ((0, 1), (2, 99)), ((-1, 1), (2, 3)), ((1, 1), (2, 3))])
def test_spans_that_do_not_fit_leave_the_text_whole(spans):
    (one, end), (two, last) = spans
    content = {"text": "abc", "one": {"start": one, "end": end}, "two": {"start": two, "end": last}}

    assert in_parts(content, "one", "two") == [{"text": "abc"}]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({"phrase": "oil control"}, "oil control"),
        ({"text": "red", "words": {"text": "red"}}, "red"),
        (
            {"text": "…", "words": {"subject": "silk", "relation": {"en": "brings"}, "object": "shine"}},
            "silk → brings → shine",
        ),
        ({}, ""),
    ],
)
def test_a_candidate_has_a_name_for_lists(content, name):
    assert name_of(content) == name
