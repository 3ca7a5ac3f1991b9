import importlib.util
import itertools
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.phrases.mine import mine_phrases
from mining.phrases.parameters import Parameters, SentenceText

_SPEC = importlib.util.spec_from_file_location("reference", Path(__file__).with_name("reference.py"))
reference = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(reference)

OPEN = {
    "min_count": 2, "min_word_count": 1, "min_pmi": -100.0, "min_entropy": 0.0, "min_boundary_share": 0.0,
    "absorb_share": 1.01, "memory_mb": 16,
}  # fmt: skip


def quiet(stage, done, total):
    pass


def sentence(number, text, language="en", document=None, category=None):
    return SentenceText(number, number if document is None else document, language, category, text)


def mine(sentences, folder, report=quiet, **parameters):
    return mine_phrases(
        lambda: iter(sentences), parameters=Parameters(**({"method": "unsupervised"} | parameters)),
        work_dir=Path(folder), report=report,
    )  # fmt: skip


def by_text(mined):
    return {phrase.normalised: phrase for phrase in mined}


def content(mined):
    return b"".join(path.read_bytes() for path in mined.files)


SHOP = [
    sentence(number, text, language, document=number // 2, category=number % 3 or None)
    for number, (language, text) in enumerate(
        itertools.chain.from_iterable(
            [
                ("en", f"{colour} dress with an anti-static finish, quick drying and machine washable."),
                ("en", f"Our {colour} coat has deep pockets; machine washable too."),
                ("zh", f"这件{han}色连衣裙抗静电，可以机洗，亲肤透气。"),
                ("zh", f"{han}色的大衣很亲肤，透气又保暖，抗静电效果好。"),
            ]
            for colour, han in zip(
                ("navy", "sage", "plum", "rose", "pale", "lilac"), "蓝绿紫红白灰", strict=True
            )
        )
    )
]


def test_pmi_and_entropy_as_computed_by_hand(tmp_path):
    texts = ["red soft wool", "blue soft wool", "soft wool coat", "soft towel, wool"]

    found = by_text(mine([sentence(n, text) for n, text in enumerate(texts)], tmp_path, **OPEN))

    # 12 symbols; soft 4, wool 4, "soft wool" 3. Left: red, blue, a break; right: two breaks, coat.
    phrase = found["soft wool"]
    assert phrase.count == phrase.document_count == 3
    assert phrase.pmi == pytest.approx(math.log(3 * 12 / (4 * 4)), abs=1e-6)
    assert phrase.left_entropy == phrase.right_entropy == pytest.approx(math.log(3), abs=1e-6)
    assert found["wool"].pmi is None
    # Left of wool: soft three times and a break once.
    assert found["wool"].left_entropy == pytest.approx(
        -0.75 * math.log(0.75) - 0.25 * math.log(0.25), abs=1e-6
    )
    assert found["wool"].raw_count == 1


def test_pmi_of_three_symbols_is_that_of_the_weakest_split(tmp_path):
    texts = ["deep sea salt", "deep sea salt", "deep blue", "sea salt", "salt"]

    found = by_text(mine([sentence(n, text + "!" * n) for n, text in enumerate(texts)], tmp_path, **OPEN))

    # 11 symbols; deep 3, sea 3, salt 4, "deep sea" 2, "sea salt" 3, all three 2.
    splits = (2 * 11 / (3 * 3), 2 * 11 / (2 * 4))
    assert found["deep sea salt"].pmi == pytest.approx(math.log(min(splits)), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.lists(st.sampled_from(["silk", "wool", "linen", "satin"]), max_size=7), max_size=3),
        max_size=9,
    ),
    st.integers(1, 3),
    st.sampled_from([16, 512]),
)
def test_numpy_agrees_with_brute_force(tmp_path_factory, corpus, min_count, memory_mb):
    texts = [", ".join(map(" ".join, runs)) + f" — {number}" for number, runs in enumerate(corpus)]
    runs = [run for runs in corpus for run in runs] + [[str(number)] for number in range(len(corpus))]
    parameters = OPEN | {"min_count": min_count, "max_words": 4, "memory_mb": memory_mb}

    found = by_text(
        mine(
            [sentence(n, text) for n, text in enumerate(texts)], tmp_path_factory.mktemp("run"), **parameters
        )
    )

    frequent = reference.counts(runs, 4, min_count)
    total = sum(map(len, runs))
    expected = {
        gram: count for gram, count in frequent.items()
        if not gram[0].isdigit() and len(set(gram)) > (len(gram) > 1)
        and not (len(gram) == 4 and gram[:2] == gram[2:])
        and not any(a == b == c for a, b, c in zip(gram, gram[1:], gram[2:], strict=False))
    }  # fmt: skip
    assert {phrase.normalised: phrase.count for phrase in found.values()} == {
        " ".join(gram): count for gram, count in expected.items()
    }
    for size in range(1, 5):
        left, right = reference.entropies(runs, size)
        for gram in (gram for gram in expected if len(gram) == size):
            phrase = found[" ".join(gram)]
            assert phrase.left_entropy == pytest.approx(left[gram], abs=1e-5)
            assert phrase.right_entropy == pytest.approx(right[gram], abs=1e-5)
            if size > 1:
                assert phrase.pmi == pytest.approx(reference.pmi(gram, frequent, total), abs=1e-5)


def test_phrases_of_a_small_shop(tmp_path):
    mined = mine(SHOP, tmp_path, min_count=3, min_entropy=0.3)

    texts = [phrase.text for phrase in mined]
    assert {"machine washable", "anti-static finish", "抗静电", "亲肤", "透气"} <= set(texts)
    assert not {"finish machine", "an anti-static finish", "washable and", "色连衣裙抗", "的大衣"} & set(
        texts
    )
    assert all(0 <= phrase.score <= 1 for phrase in mined)


def test_occurrences_point_into_the_sentences(tmp_path):
    texts = {entry.id: entry.text for entry in SHOP}

    mined = mine(SHOP, tmp_path, **OPEN)

    assert len(mined) > 50
    for phrase in mined:
        assert 1 <= len(phrase.occurrences) <= 3
        for place in phrase.occurrences:
            assert texts[place.sentence_id][place.start : place.end].casefold() == phrase.text.casefold()
        assert len({place.sentence_id for place in phrase.occurrences}) == len(phrase.occurrences)


def test_two_runs_are_byte_identical_at_any_memory(tmp_path):
    once = mine(SHOP, tmp_path / "once", min_entropy=0.1)
    again = mine(SHOP, tmp_path / "again", min_entropy=0.1)
    small = mine(SHOP, tmp_path / "small", min_entropy=0.1, memory_mb=16)

    assert content(once) == content(again) == content(small) != b""


class Cancelled(Exception):
    pass


def test_a_run_cancelled_anywhere_goes_on_to_the_same_result(tmp_path):
    parameters = {"min_entropy": 0.1, "max_chars": 3, "max_words": 2}
    stages = []
    whole = mine(SHOP, tmp_path / "whole", lambda *told: stages.append(told), **parameters)

    for stop in range(1, len(stages)):
        told = iter(range(1, stop + 1))

        def report(stage, done, total, told=told):
            if next(told, None) is None:
                raise Cancelled(stage)

        with pytest.raises(Cancelled):
            mine(SHOP, tmp_path / str(stop), report, **parameters)
        resumed = []
        result = mine(SHOP, tmp_path / str(stop), lambda *told, seen=resumed: seen.append(told), **parameters)

        assert content(result) == content(whole)
        assert (result.dropped, result.stages) == (whole.dropped, whole.stages)
        assert len(resumed) < len(stages)


def test_a_finished_run_reads_nothing_again(tmp_path):
    first = mine(SHOP, tmp_path)

    def no_reader():
        raise AssertionError("read again")

    again = mine_phrases(
        no_reader, parameters=Parameters(method="unsupervised"), work_dir=tmp_path, report=quiet
    )
    assert list(again) == list(first)


def test_other_parameters_do_not_take_over_old_checkpoints(tmp_path):
    few, many = mine(SHOP, tmp_path, min_count=6), mine(SHOP, tmp_path, min_count=2)

    assert len(few) < len(many)


def test_repeated_sentences_count_once(tmp_path):
    texts = ["Cotton blend, machine washable"] * 5 + ["cotton  BLEND, machine washable"] * 5

    assert len(mine([sentence(n, text) for n, text in enumerate(texts)], tmp_path)) == 0


def test_other_languages_are_skipped_and_counted(tmp_path):
    mined = mine(
        [sentence(1, "これはペンです", "ja"), sentence(2, "とても", "ja"), sentence(3, "ok", "und")], tmp_path
    )

    assert (len(mined), mined.read, mined.skipped) == (0, 3, {"ja": 2, "und": 1})


def test_the_most_frequent_written_form_is_shown(tmp_path):
    texts = [
        "a Crew Neck top",
        "the crew neck",
        "with Crew Neck,",
        "CREW NECK on it",
        "crew neck!",
        "crew neck",
    ]

    phrase = by_text(mine([sentence(n, text) for n, text in enumerate(texts)], tmp_path, **OPEN))["crew neck"]

    assert (phrase.text, phrase.count) == ("crew neck", 6)


def test_categories_come_with_document_counts_and_lift(tmp_path):
    texts = [
        (1, "wool coat a"),
        (1, "wool coat b"),
        (2, "c wool coat"),
        (2, "linen"),
        (2, "satin"),
        (None, "silk"),
    ]
    sentences = [sentence(n, text, category=category) for n, (category, text) in enumerate(texts)]

    phrase = by_text(mine(sentences, tmp_path, **OPEN))["wool coat"]

    # 6 documents: 2 of category 1, 3 of category 2.
    shares = [(share.category_id, share.document_count, share.lift) for share in phrase.categories]
    assert shares == [(1, 2, pytest.approx(2.0)), (2, 1, pytest.approx(2 / 3, abs=1e-5))]


def test_examples_prefer_other_documents_and_readable_lengths(tmp_path):
    long = "wool coat " + "and more of the same story " * 20
    texts = [
        (1, "wool coat"),
        (1, "This warm wool coat is made for cold days."),
        (1, "Another wool coat in the shop of coats."),
        (2, long),
        (3, "She wore the wool coat all through the winter."),
    ]
    sentences = [sentence(n, text, document=document) for n, (document, text) in enumerate(texts)]

    phrase = by_text(mine(sentences, tmp_path, **OPEN))["wool coat"]

    first, second, third = (place.sentence_id for place in phrase.occurrences)
    assert {first, second} < {1, 2, 4} and 4 in (first, second)
    assert third == 3


def test_a_part_of_one_longer_phrase_is_absorbed(tmp_path):
    # "hyaluronic" has entropy enough at its breaks, but occurs inside the longer phrase only.
    texts = [
        f"{word}, low molecular hyaluronic acid: {word}"
        for word in ("one", "two", "three", "four", "five", "six")
    ]
    open_end = OPEN | {"absorb_share": 0.8}

    found = by_text(mine([sentence(n, text) for n, text in enumerate(texts)], tmp_path, **open_end))

    assert "low molecular hyaluronic acid" in found
    assert not {"hyaluronic acid", "molecular", "low molecular hyaluronic"} & set(found)


def test_chinese_edges_follow_segmentation(tmp_path):
    texts = [f"{a}连衣裙{b}" for a, b in zip("红蓝绿紫白灰", "好美长短大小", strict=True)]

    mined = mine([sentence(n, text, "zh") for n, text in enumerate(texts)], tmp_path)

    assert [phrase.text for phrase in mined] == ["连衣裙"]
    assert mined.dropped["zh"]["freedom"]["min_entropy"] > 0


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["面霜"],
        ["抗静电面料亲肤透气，抗静电面料亲肤透气，抗静电面料亲肤透气。"],
        ["很好吃的苹果"] * 1000,
        ["😍😍😍👍🏽 😍😍😍" for _ in range(20)],
        [
            f"<div class='x{n}'><p>&nbsp;</p></div> http://example.com/a/b?c={n} me{n}@example.com"
            for n in range(20)
        ],
        [f"\x00\x01\x02{n}\x1b[0m\x7f\u200b\u202e\ud800" for n in range(20)],
        ["и тут wool 面料 テスト 테스트 \u0627\u0644"] * 3,
        ["啊啊啊啊啊啊啊啊" + str(n) for n in range(20)],
        ["", " ", "\n"],
    ],
    ids=["empty", "one", "one document", "repeated", "emoji", "html", "control", "mixed", "runs", "blank"],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_bad_input_gives_a_clear_result(tmp_path, texts, language):
    mined = mine([sentence(n, text, language, document=0) for n, text in enumerate(texts)], tmp_path)

    assert mined.read == len(texts)
    assert len(mined) == len(list(mined)) == 0 or {p.text for p in mined} <= {
        "抗静电",
        "面料",
        "亲肤",
        "透气",
        "抗静电面料",
    }


def test_markup_around_words_does_not_hide_them(tmp_path):
    texts = [
        f"<b>Quick</b> look{n}: <i>quick drying</i>&nbsp;fabric http://a.com/quick-drying{n}"
        for n in range(5)
    ]

    found = by_text(mine([sentence(n, text) for n, text in enumerate(texts)], tmp_path, **OPEN))

    assert found["quick drying"].count == 5
    assert not any("http" in text or "nbsp" in text for text in found)


def test_one_line_of_ten_megabytes(tmp_path):
    words = [f"w{n % 997} soft wool {n % 13}x" for n in range(600_000)]
    giant = sentence(1, " ".join(words))

    found = by_text(mine([giant], tmp_path, **OPEN | {"min_count": 1000}))

    assert len(giant.text) > 9_000_000
    assert found["soft wool"].count == 600_000
    assert found["soft wool"].document_count == 1
