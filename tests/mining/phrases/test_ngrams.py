import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mining.phrases.ngrams import count_keys, find, pack, unpack


@given(
    st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=6), st.integers(1, 3), st.integers(1, 10**9)
)
def test_counts_in_any_number_of_passes_and_chunks(chunks, min_count, most):
    flat = [key for chunk in chunks for key in chunk]
    arrays = [np.array(chunk, np.uint64) for chunk in chunks]

    keys, counts, infrequent = count_keys(
        lambda: iter(arrays), most % (8 << 20), min_count=min_count, memory_mb=16
    )

    expected = {key: flat.count(key) for key in sorted(set(flat))}
    frequent = {key: count for key, count in expected.items() if count >= min_count}
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == frequent
    assert keys.tolist() == sorted(frequent)
    assert infrequent == len(expected) - len(frequent)


def test_pairs_pack_and_unpack():
    high, low = np.array([0, 2**31 - 1, 7]), np.array([2**31 - 1, 0, 7])

    assert [part.tolist() for part in unpack(pack(high, low))] == [high.tolist(), low.tolist()]


def test_finding_keys():
    at, there = find(np.array([3, 5, 9], np.uint64), np.array([5, 4, 10], np.uint64))

    assert at.tolist()[0] == 1 and there.tolist() == [True, False, False]
    assert not find(np.empty(0, np.uint64), np.array([1], np.uint64))[1].any()
