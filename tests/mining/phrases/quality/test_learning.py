import numpy as np
import pytest

from mining.phrases.quality.embeddings import averages, symbol_vectors
from mining.phrases.quality.forest import ENOUGH, Labels, train_and_score


def labels(**rows):
    none = np.empty(0, np.intp)
    size = max(max(part, default=0) for part in rows.values()) + 1
    given = {name: np.array(part, np.intp) for name, part in rows.items()}
    return Labels(**({"seeds": none, "pool": none, "accepted": none, "rejected": none} | given),
                  count=np.full(size, 5))  # fmt: skip


def score(features, told, **other):
    return train_and_score(features, told, **({"trees": 50, "draw": 50, "seed": 3} | other))


def test_good_phrases_among_the_negatives_are_found_all_the_same():
    random = np.random.default_rng(0)
    good, bad = random.normal(1.5, 1, (400, 4)), random.normal(-1.5, 1, (2000, 4))
    features = np.vstack([good, bad]).astype(np.float32)

    # Only 40 of the 400 good ones are known; the others are called negative.
    found = score(features, labels(seeds=range(40), pool=range(40, 2400)))

    assert np.median(found[40:400]) > 0.7
    assert np.median(found[400:]) < 0.2


def test_the_same_seed_gives_the_same_scores():
    features = np.random.default_rng(1).normal(size=(300, 3)).astype(np.float32)
    told = labels(seeds=range(30), pool=range(30, 300))

    assert (score(features, told) == score(features, told)).all()
    assert (score(features, told) != score(features, told, seed=4)).any()


def test_frequency_is_not_what_makes_a_phrase():
    # Seeds are frequent; frequency is all there is to see, and half of the pool is as frequent.
    random = np.random.default_rng(2)
    count = np.concatenate([np.full(300, 100), np.full(300, 3)])
    features = np.log(count)[:, None] + random.normal(0, 0.01, (600, 1))
    told = Labels(seeds=np.arange(50), pool=np.arange(50, 600), accepted=np.empty(0, np.intp),
                  rejected=np.empty(0, np.intp), count=count)  # fmt: skip

    found = score(features.astype(np.float32), told)

    assert found[50:300].mean() < 0.6


@pytest.mark.parametrize("decided", [0, ENOUGH // 10, ENOUGH])
def test_people_take_over_as_they_decide_more(decided):
    # By the first column lexicons tell phrases from others; people go by the second one.
    random = np.random.default_rng(5)
    features = random.choice([-1.0, 1.0], (3000, 2)).astype(np.float32)
    features += random.normal(0, 0.1, features.shape).astype(np.float32)
    by_lexicon, by_people = features[:, 0] > 0, features[:, 1] > 0
    accepted, rejected = np.flatnonzero(by_people)[:decided], np.flatnonzero(~by_people)[:decided]
    rest = np.setdiff1d(np.arange(3000), np.concatenate([accepted, rejected]))
    told = Labels(seeds=rest[by_lexicon[rest]][:200], pool=rest[~by_lexicon[rest]], accepted=accepted,
                  rejected=rejected, count=np.full(3000, 5))  # fmt: skip

    found = score(features, told) > 0.5

    with_lexicon, with_people = (found == by_lexicon).mean(), (found == by_people).mean()
    if decided == ENOUGH:
        assert with_people > 0.99
    else:
        assert with_lexicon > 0.9 > with_people


def test_symbols_of_the_same_neighbours_have_like_vectors():
    # 1 and 2 stand between 5 and 6, 3 and 4 between 7 and 8.
    random = np.random.default_rng(0)
    rows = [(0, 5, random.integers(1, 3), 6) if n % 2 else (0, 7, random.integers(3, 5), 8)
            for n in range(4000)]  # fmt: skip
    symbol = np.array(rows, np.int32).ravel()
    counts = np.bincount(symbol)

    vectors = symbol_vectors(symbol, counts, size=4, seed=1, memory_mb=64)

    def like(a, b):
        return vectors[a] @ vectors[b] / np.linalg.norm(vectors[a]) / np.linalg.norm(vectors[b])

    assert like(1, 2) > 0.9 > like(1, 3)
    assert (vectors == symbol_vectors(symbol, counts, size=4, seed=1, memory_mb=64)).all()
    assert averages(vectors, np.array([[1, 2]], np.int32))[0] == pytest.approx((vectors[1] + vectors[2]) / 2)
