from hypothesis import given
from hypothesis import strategies as st

from annotation.actions.chance import draws

IDS = st.integers(min_value=1, max_value=2**40)


@given(seed=IDS, first=IDS, second=IDS, revision=st.integers(0, 5), group=st.text(min_size=1))
def test_a_group_shares_its_lot_and_not_its_places(seed, first, second, revision, group):
    one, other = draws(seed, first, 0, group), draws(seed, second, revision, group)

    assert one[1] == other[1]
    assert (one[0] == other[0]) == ((first, 0) == (second, revision))


def test_lots_of_groups_are_spread_evenly():
    lots = [draws(7, number, 0, f"zh phrase {number}")[1] for number in range(4_000)]

    assert all(0 <= lot < 1 for lot in lots)
    # A binomial share of 15 % of 4,000 lies within four standard deviations.
    assert abs(sum(lot < 0.15 for lot in lots) - 600) < 4 * (4_000 * 0.15 * 0.85) ** 0.5


def test_without_a_group_each_candidate_draws_for_itself():
    lots = {draws(7, number, 0)[1] for number in range(100)}

    assert len(lots) == 100
