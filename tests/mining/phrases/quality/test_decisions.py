import numpy as np
import pytest

from mining.phrases.encode import Stream
from mining.phrases.ngrams import Level
from mining.phrases.quality.decisions import enough, favoured, score_as_decided
from mining.phrases.quality.forest import ENOUGH
from mining.phrases.quality.surroundings import PLACES, generality, sentence_lengths, surroundings
from mining.phrases.workspace import Workspace


def decisions(accepted, rejected, size):
    return np.array([1] * accepted + [-1] * rejected + [0] * (size - accepted - rejected), np.int8)


def test_both_answers_must_be_there_often_enough():
    assert enough(decisions(ENOUGH, ENOUGH, 500))
    assert not enough(decisions(ENOUGH - 1, 300, 500))
    assert not enough(decisions(300, ENOUGH - 1, 500))


def test_what_people_go_by_is_found_among_columns_that_say_nothing():
    random = np.random.default_rng(0)
    features = random.normal(size=(2000, 30)).astype(np.float32)
    decided = np.zeros(2000, np.int8)
    decided[:600] = np.where(features[:600, 7] > -0.8, 1, -1)  # about four of five are accepted

    found = score_as_decided(features, decided, trees=100, seed=1)

    rest = features[600:, 7] > -0.8
    assert ((found[600:] > 0.5) == rest).mean() > 0.85
    assert found[600:][rest].mean() - found[600:][~rest].mean() > 0.3
    assert (found == score_as_decided(features, decided, trees=100, seed=1)).all()
    assert (found != score_as_decided(features, decided, trees=100, seed=2)).any()


def test_the_frequent_gain_and_a_favour_of_nothing_changes_no_order():
    quality, count = np.array([0.9, 0.8, 0.8, 1.0]), np.array([5, 5, 50, 5])

    plain, raised = favoured(quality, count, 0.0), favoured(quality, count, 0.6)

    assert plain == pytest.approx([0.9, 0.8, 0.8, 0.99])
    assert raised[2] > raised[0] > raised[1]
    assert ((raised >= 0) & (raised <= 1)).all()
    assert not len(favoured(np.empty(0), np.empty(0, np.int64), 0.6))


def test_surroundings_are_shares_of_the_occurrences(tmp_path):
    # 0 is a break. The pair 1 2 stands alone once, twice before 3, and once between 4 and 5.
    sentences = [[1, 2], [1, 2, 3], [6, 1, 2, 3], [4, 1, 2, 5]]
    symbol = np.array([0, *(slot for one in sentences for slot in (*one, 0))], np.int32)
    first = np.array([0, 3, 7, 12, 17])
    workspace = Workspace(tmp_path)
    with workspace.appending(
        symbol="<i4", surface="<u8", start="<u4", end="<u4", first="<i8", known="<u8"
    ) as to:
        to["symbol"].append(symbol)
        to["first"].append(first)
    stream = Stream(workspace)
    slot = np.flatnonzero((symbol[:-1] == 1) & (symbol[1:] == 2))
    level = Level(
        size=2, count=np.array([4]), left=np.array([0], np.int32), right=np.array([1], np.int32),
        slot=slot.astype(np.uint32), gram=np.zeros(4, np.int32), infrequent=0,
    )  # fmt: skip
    group_of = np.zeros(1, np.int64)
    # 1 2 is one word, but in the last sentence.
    word = np.where(symbol == 2, -1, symbol)
    word[15] = 2

    found = surroundings(
        level, group_of, level.count[group_of >= 0], stream, word, sentence_lengths(stream), 16
    )

    row = dict(zip(PLACES, found[0].tolist(), strict=True))
    assert row["left_break"] == 0.5 and row["right_break"] == 0.25
    assert row["left_held"] == 0.25 and row["right_held"] == 0.5
    assert row["words"] == 1.25
    assert row["sentence_length"] == pytest.approx(np.log1p([2, 3, 4, 4]).mean())


def test_a_word_of_everybody_is_told_from_a_word_of_the_shop():
    count = np.array([50, 50, 50])

    found = generality(["我们", "控油", "吸湿排汗面料"], "zh", count, 100_000, frozenset(["控油"]))

    general, specific, known, listed = found.T
    assert general[0] > general[1] and specific[0] < specific[1] < specific[2]
    assert known.tolist() == [1, 1, 0]
    assert listed.tolist() == [0, 1, 0]
    assert generality(["dress"], "en", count[:1], 1000, frozenset())[0, [0, 2, 3]].tolist() == [0, 0, 0]
