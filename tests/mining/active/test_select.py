import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mining.active.select import NEARLY_THE_SAME, bigrams, choose, least_certain

probabilities_of = st.integers(0, 80).flatmap(
    lambda size: arrays(np.float64, size, elements=st.floats(0, 1, width=16))
)
sizes, shares, seeds = st.integers(0, 40), st.floats(0, 1), st.integers(0, 2**31)


@given(probabilities_of, sizes)
def test_least_certain_are_nearest_to_a_coin_flip(probabilities, size):
    asked = least_certain(probabilities, size=size)
    distance = np.abs(probabilities - 0.5)

    rest = np.delete(distance, asked)
    assert len(asked) == min(size, len(probabilities))
    assert (np.diff(distance[asked]) >= 0).all()
    assert not len(rest) or not len(asked) or distance[asked].max() <= rest.min()


def test_equal_scores_keep_their_order():
    assert least_certain(np.full(5, 0.5), size=3).tolist() == [0, 1, 2]


@given(probabilities_of, sizes, shares, seeds)
def test_choose_fills_the_batch_with_different_positions(probabilities, size, share, seed):
    chosen = choose(probabilities, size=size, random_share=share, seed=seed)

    positions = [choice.position for choice in chosen]
    assert len(positions) == len(set(positions)) == min(size, len(probabilities))
    assert all(0 <= position < len(probabilities) for position in positions)


@given(probabilities_of, sizes, shares, seeds)
def test_choose_repeats_itself_for_the_same_seed(probabilities, size, share, seed):
    first = choose(probabilities, size=size, random_share=share, seed=seed)

    assert first == choose(probabilities, size=size, random_share=share, seed=seed)


@given(st.integers(1, 60), shares, seeds)
def test_every_prefix_holds_its_share_of_random_ones(size, share, seed):
    probabilities = np.random.default_rng(seed).random(200)

    chosen = choose(probabilities, size=size, random_share=share, seed=seed)

    for length in range(1, size + 1):
        random_ones = sum(choice.is_random for choice in chosen[:length])
        assert abs(random_ones - length * share) < 1 + 1e-6


@given(probabilities_of, sizes, seeds)
def test_without_a_random_share_only_doubt_counts(probabilities, size, seed):
    chosen = choose(probabilities, size=size, random_share=0, seed=seed)

    assert [choice.position for choice in chosen] == least_certain(probabilities, size=size).tolist()
    assert not any(choice.is_random for choice in chosen)


def test_random_ones_are_drawn_from_all_and_not_from_the_doubtful():
    probabilities = np.concatenate([np.full(100, 0.5), np.full(900, 0.01)])
    sure = 0
    for seed in range(40):
        chosen = choose(probabilities, size=50, random_share=0.5, seed=seed)
        sure += sum(choice.position >= 100 for choice in chosen if choice.is_random)

    # 1000 random picks in all, of which 90 % of the pool is sure; less three standard errors.
    assert sure > 870


words = st.lists(st.text("保湿补水清爽不油腻ab -", min_size=1, max_size=6), max_size=40)


@given(words, sizes, shares, seeds)
def test_no_two_of_a_batch_are_nearly_the_same(forms, size, share, seed):
    probabilities = np.linspace(0, 1, len(forms))

    chosen = choose(
        probabilities, size=size, random_share=share, seed=seed, forms=lambda at: [forms[i] for i in at]
    )

    sets = [bigrams(forms[choice.position]) for choice in chosen]
    for index, one in enumerate(sets):
        assert all(len(one & other) / len(one | other) < NEARLY_THE_SAME for other in sets[:index])


@given(words, seeds)
def test_the_guard_only_leaves_out_what_is_nearly_the_same_as_something_chosen(forms, seed):
    chosen = choose(
        np.linspace(0, 1, len(forms)),
        size=len(forms),
        random_share=0.3,
        seed=seed,
        forms=lambda at: [forms[i] for i in at],
    )

    taken = {choice.position for choice in chosen}
    sets = [bigrams(forms[position]) for position in taken]
    for position in set(range(len(forms))) - taken:
        one = bigrams(forms[position])
        assert any(len(one & other) / len(one | other) >= NEARLY_THE_SAME for other in sets)


def test_spacing_and_hyphens_do_not_make_another_phrase():
    forms = ["non-greasy", "nongreasy", "non greasy", "fast absorbing"]

    chosen = choose(np.full(4, 0.5), size=4, random_share=0, seed=1, forms=lambda at: [forms[i] for i in at])

    assert [choice.position for choice in chosen] == [0, 3]


def test_forms_are_read_only_for_those_under_consideration():
    read = []

    def forms(positions):
        read.extend(positions)
        return [f"{position * 7919 % 100_003:x}" for position in positions]

    choose(np.random.default_rng(1).random(50_000), size=100, random_share=0.2, seed=1, forms=forms)

    assert len(read) < 5_000


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_no_share_is_refused(share):
    with pytest.raises(ValueError, match="random_share"):
        choose(np.zeros(3), size=1, random_share=share, seed=1)
