import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.sentences.split import split_sentences


def sentences(text, language="en", **options):
    return [text[start:end] for start, end in split_sentences(text, language, **options)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith loves it.", "So do I."],
        ["It weighs 3.5 oz.", "The bottle is small."],
        ["It holds 3.5 oz. of lotion."],
        ["For dry skin, e.g. Eczema, use it twice."],
        ["Rich in vitamin C.", "It helps."],
        ["Made by J. Smith for the U.S. Army.", "Great!"],
        ['"Wow!" she said.', 'He said "Stop."', "Then he left."],
        ["It was... okay.", "Really?!", "Yes..."],
        ["so good.", "would buy again"],
        ["Great product 😍 will buy.", "Love it! 😍😍", "Next"],
        ["See www.Example.com or a.b@c.org for more.", "Thanks."],
        ["1. Wash your hands.", "2. Dry them."],
        ["Costs 1,299.00 dollars.", "Too much."],
    ],
)
def test_english(expected):
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["他说：“很好。”", "然后走了……", "真的吗？！", "是的。"],
        ["不错！😍", "下次还来"],
        ["屏幕3.5寸，够用。", "重量1.2kg"],
        ["质地清爽；", "不油腻"],
        ["很好.", "下次还来"],
        ["（太好了！）", "回购"],
    ],
)
def test_chinese(expected):
    assert sentences("".join(expected), "zh") == expected


def test_lines_and_chat_turns_are_sentences():
    text = "客服: 您好\r\n买家：有货吗 客服：有的\n\n  Customer: hi Agent: hello"

    assert sentences(text, "zh") == [
        "客服: 您好", "买家：有货吗", "客服：有的", "Customer: hi", "Agent: hello",
    ]  # fmt: skip


def test_a_lost_space_after_the_period():
    assert sentences("It is great.Love it so much. Node.Js is not a product.") == [
        "It is great.", "Love it so much.", "Node.Js is not a product.",
    ]  # fmt: skip


def test_a_giant_is_cut_where_it_reads_best():
    assert sentences("one two three four", max_length=10) == ["one two", "three four"]
    assert sentences("很好吃很好，喝很好看", "zh", max_length=7) == ["很好吃很好，", "喝很好看"]
    assert sentences("x" * 25, max_length=10) == ["x" * 10, "x" * 10, "x" * 5]


@pytest.mark.parametrize("piece", ["很好吃", "word ", ".", "a.b", "! ", "1. ", '"', " ", "?'"])
def test_ten_megabytes_in_one_line_stay_linear(piece):
    text = piece * (300_000 // len(piece))

    spans = split_sentences(text, "en")

    assert sum(end - start for start, end in spans) >= len(text.replace(" ", ""))


_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            list(
                " .。!?！？…\n\t\"'”’)）,，;；:：abAB1客服买家很好吃😍\u200d\ufe0f\u0301\x00\x1c\u200b\u3000"
            )
        ),
        st.characters(),
    ),
    max_size=80,
)


@settings(max_examples=500)
@given(_TEXT, st.sampled_from(["zh", "en", "ja", "und"]), st.integers(1, 30))
def test_spans_cover_every_visible_character_once_and_in_order(text, language, max_length):
    spans = split_sentences(text, language, max_length=max_length)

    at = 0
    for start, end in spans:
        assert at <= start < end <= start + max_length
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
