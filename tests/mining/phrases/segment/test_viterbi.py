"""The compiled segmentation against every segmentation there is, tried one by one."""

import itertools

import numpy as np
import pytest

from mining.phrases.segment.viterbi import Costs, Counts, Piece, costs, segment

LONGEST, NODES, ROWS, GAPS = 3, 6, 8, 5


def random_piece(seed, size=9):
    """Two runs; words of one or two symbols; candidates at random places."""
    random = np.random.default_rng(seed)
    word = np.zeros(2 * size + 2, np.int32)
    for first in (1, size + 2):
        at = first
        while at < first + size:
            word[at] = random.integers(1, NODES)
            if at + 1 < first + size and random.random() < 0.4:
                word[at + 1] = -1
                at += 1
            at += 1
    edge = np.full((len(word), LONGEST), -1, np.int32)
    for at, length in itertools.product(range(len(word)), range(1, LONGEST + 1)):
        if (word[at : at + length] != 0).all() and at + length <= len(word) and random.random() < 0.4:
            edge[at, length - 1] = random.integers(0, ROWS)
    price = Costs(
        candidate=-random.random(ROWS) * 5, word=-random.random(NODES) * 5, join=-random.random(GAPS),
        part=-random.random(GAPS), floor=-6.0,
    )  # fmt: skip
    return Piece(word, random.integers(0, GAPS, len(word)).astype(np.uint16), edge), price


def runs_of(piece):
    at = 0
    while at < len(piece.word):
        end = at
        while end < len(piece.word) and piece.word[end] != 0:
            end += 1
        if end > at:
            yield at, end
        at = end + 1


def value_of(piece, price, begin, end, last):
    """Score of one segment, or None where nothing may stand there."""
    whole = piece.word[begin] > 0 and (piece.word[begin + 1 : end] == -1).all()
    whole = whole and (end == last or piece.word[end] != -1)
    choices = []
    if whole:
        choices.append(price.word[piece.word[begin]])
    elif end == begin + 1:
        choices.append(price.floor)
    if end - begin <= LONGEST and (row := piece.edge[begin, end - begin - 1]) >= 0:
        choices.append(price.candidate[row])
    if not choices:
        return None
    inside = sum(price.join[piece.gap[at]] for at in range(begin + 1, end))
    return max(choices) + inside + (price.part[piece.gap[end]] if end < last else 0.0)


def best_by_trying(piece, price, begin, last):
    """(score, cuts) of the best of all segmentations."""
    best = None
    for number in range(2 ** (last - begin - 1)):
        cuts = [begin, *(begin + 1 + bit for bit in range(last - begin - 1) if number >> bit & 1), last]
        values = [value_of(piece, price, a, b, last) for a, b in itertools.pairwise(cuts)]
        if None not in values and (best is None or sum(values) > best[0]):
            best = (sum(values), cuts)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_all_segmentations_is_found(seed):
    piece, price = random_piece(seed)
    expected = Counts.zeros(ROWS, NODES, GAPS)
    for begin, last in runs_of(piece):
        _, cuts = best_by_trying(piece, price, begin, last)
        for a, b in itertools.pairwise(cuts):
            if b - a <= LONGEST and piece.edge[a, b - a - 1] >= 0:
                expected.candidates[piece.edge[a, b - a - 1]] += 1
            for gap in piece.gap[a + 1 : b]:
                expected.joined[gap] += 1
            if b < last:
                expected.parted[piece.gap[b]] += 1

    found = segment([lambda: piece], price)

    assert found.candidates.tolist() == expected.candidates.tolist()
    assert found.joined.tolist() == expected.joined.tolist()
    assert found.parted.tolist() == expected.parted.tolist()


def test_pieces_add_up():
    pieces = [random_piece(seed) for seed in range(4)]
    price = pieces[0][1]

    together = segment([lambda piece=piece: piece for piece, _ in pieces], price)

    alone = [segment([lambda piece=piece: piece], price) for piece, _ in pieces]
    assert together.candidates.tolist() == sum(found.candidates for found in alone).tolist()


def test_quality_decides_between_a_phrase_and_its_words():
    # Two words, three times side by side; no gap says anything.
    word = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0], np.int32)
    edge = np.full((10, 2), -1, np.int32)
    edge[[1, 4, 7], 1] = 0
    piece = Piece(word, np.zeros(10, np.uint16), edge)
    counts = Counts.zeros(1, 3, 1)
    counts.candidates[0], counts.words[1:] = 3, 3

    def rectified(quality):
        price = costs(counts, np.array([quality]), guided=False)
        return int(segment([lambda: piece], price).candidates[0])

    assert rectified(0.9) == 3
    assert rectified(0.01) == 0


def test_parts_of_speech_that_stand_together_pull_a_phrase_together():
    counts = Counts.zeros(1, 1, 2)
    counts.joined[0], counts.parted[0] = 1000, 10
    counts.joined[1], counts.parted[1] = 10, 1000

    guided = costs(counts, np.ones(1), guided=True)
    alike = costs(counts, np.ones(1), guided=False)

    assert guided.join[0] > guided.join[1] and guided.part[0] < guided.part[1]
    assert alike.join[0] == alike.join[1] == pytest.approx(np.log(0.5))
