"""The judging sheets of the bench: additive, blind, repeatable; and what judged files say."""

import json

import pytest

from bench.phrases_judging import (
    SAMPLE,
    draw,
    found_again,
    identity,
    judged,
    kappa,
    read_judged,
    read_labels,
    wilson,
    write_sheet,
)


def sheet(folder, drawn):
    contexts = {phrase: [{"text": f"很{phrase}", "start": 1, "end": 1 + len(phrase)}]
                for phrases in drawn.values() for phrase in phrases}  # fmt: skip
    write_sheet(folder, "zh", drawn, contexts)
    return [json.loads(line) for line in (folder / "sheet-zh.jsonl").read_text("utf-8").splitlines()]


def judge(folder, name, answers):
    rows = [json.dumps({"id": identity("zh", phrase), "answer": told}) for phrase, told in answers.items()]
    (folder / f"judged-zh-{name}.jsonl").write_text("\n".join(rows), "utf-8")


@pytest.mark.parametrize(
    ("yes", "total", "low", "high"),
    # Newcombe (1998), table I, the score method without correction.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_that_of_wilson(yes, total, low, high):
    assert wilson(yes, total) == pytest.approx((low, high), abs=2e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_kappa_is_agreement_beyond_chance():
    # 20 both yes, 15 both no, 5 and 10 apart: 0.7 agree, 0.5 by chance.
    pairs = [(True, True)] * 20 + [(False, False)] * 15 + [(True, False)] * 5 + [(False, True)] * 10

    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([(True, False), (False, True)]) == -1
    assert kappa([(True, True)] * 5) is None and kappa([]) is None


def test_a_sample_is_the_same_again_whatever_the_order_and_leaves_out_what_it_should():
    phrases = [f"短语{number}" for number in range(1000)]

    once, again = draw(phrases, lot="RF"), draw(reversed(phrases), lot="RF")
    fresh = draw(phrases, lot="RF", without=once)

    assert once == again and len(set(once)) == SAMPLE
    assert once != draw(phrases, lot="RF+SEG")
    assert len(fresh) == SAMPLE and not set(fresh) & set(once)
    assert draw(phrases[:3], lot="RF") == sorted(phrases[:3])


def test_a_sheet_is_added_to_and_tells_nothing_of_variants(tmp_path):
    first = sheet(tmp_path, {"RF": ["保湿", "透气"], "RF+SEG": ["透气", "面霜"]})
    later = sheet(tmp_path, {"RF": ["防水"], "new": ["柔软", "保湿"]})

    assert [row["phrase"] for row in first] == sorted(
        ["保湿", "透气", "面霜"], key=lambda phrase: identity("zh", phrase)
    )
    # What was judged stays as it is, also a variant's sample; one line a phrase.
    assert later[:3] == first and [row["phrase"] for row in later[3:]] == ["柔软"]
    assert all(set(row) == {"id", "language", "phrase", "sentences"} for row in later)
    key = json.loads((tmp_path / "key-zh.json").read_text("utf-8"))
    assert key["RF"] == [identity("zh", "保湿"), identity("zh", "透气")]
    assert key["new"] == [identity("zh", "柔软"), identity("zh", "保湿")]
    assert identity("zh", "柔软") != identity("en", "柔软")
    assert found_again(tmp_path, "zh", "RF", ["保湿", "面霜"]) == "1 of 2"
    assert found_again(tmp_path, "zh", "unknown", ["保湿"]) is None


def test_precision_per_variant_and_judge_with_their_agreement(tmp_path):
    sheet(tmp_path, {"RF": ["保湿", "透气"], "RF+SEG": ["透气", "面霜"]})
    assert judged(tmp_path, "zh") is None

    judge(tmp_path, "first", {"保湿": "no", "透气": "yes", "面霜": "yes"})
    judge(tmp_path, "second", {"保湿": "No ", "透气": "yes"})
    found = judged(tmp_path, "zh")

    assert found["variants"]["RF"]["first"] | {"interval": None} == {
        "judged": 2, "precision": 0.5, "interval": None}  # fmt: skip
    assert found["variants"]["RF+SEG"]["second"]["judged"] == 1
    assert found["agreement"] == {"first and second": {"phrases": 2, "kappa": 1.0}}


def test_labels_are_what_all_judges_agree_on_among_what_the_named_variants_drew(tmp_path):
    sheet(tmp_path, {"RF": ["保湿", "透气", "面霜"], "past": ["防水", "透气"]})
    judge(tmp_path, "first", {"保湿": "no", "透气": "yes", "面霜": "yes", "防水": "yes"})
    judge(tmp_path, "second", {"保湿": "no", "透气": "yes", "面霜": "no", "防水": "yes"})

    accepted, rejected, drawn = read_labels(tmp_path, "zh", ["RF", "not there"])

    assert (accepted, rejected) == ({"透气"}, {"保湿"})
    assert drawn == {"保湿", "透气", "面霜"}


@pytest.mark.parametrize("answer", ["maybe", "", None, True])
def test_an_answer_must_be_yes_or_no_and_the_line_is_named(tmp_path, answer):
    (tmp_path / "judged-zh-a.jsonl").write_text(
        '{"id": "1", "answer": "yes"}\n\n' + json.dumps({"id": "2", "answer": answer}), "utf-8"
    )

    with pytest.raises(ValueError, match=r"judged-zh-a\.jsonl, line 3: answer must be yes or no"):
        read_judged(tmp_path, "zh")
