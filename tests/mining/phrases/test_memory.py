"""Little memory takes more passes and finds the same: on a corpus whose counting does not fit the least
budget.
"""

import itertools

import numpy as np
import pytest

from mining.phrases.compiled import cores
from mining.phrases.mine import mine_phrases
from mining.phrases.parameters import Parameters, SentenceText
from mining.phrases.suffixes import levels, order
from mining.phrases.suffixes.order import sort_suffixes, write_order
from mining.phrases.workspace import Workspace

WORDS = ["保湿", "面霜", "洗发水", "连衣裙", "透气", "亲肤", "味道", "清香", "效果", "很好", "真的", "不错"]


def texts(number):
    chance = np.random.default_rng(1)
    picks = chance.integers(0, len(WORDS), (number, 24)).tolist()
    return [
        "".join(WORDS[pick] + ("，" if pick == 3 else "") for pick in row) + str(n)
        for n, row in enumerate(picks)
    ]


@pytest.mark.parametrize("method", ["unsupervised", "forest"])
def test_a_small_budget_finds_the_same(tmp_path, method):
    corpus = [SentenceText(n, n // 2, "zh", None, text) for n, text in enumerate(texts(12_000))]
    told = {"method": method, "trees": 20, "vector_size": 8}
    told |= {"min_pmi": 0.1, "min_entropy": 0.1, "max_chars": 6, "min_quality": 0.0}
    found = {}

    for memory_mb in (16, 2048):
        parameters = Parameters(**told, memory_mb=memory_mb)
        mined = mine_phrases(
            lambda: corpus, parameters=parameters, work_dir=tmp_path / str(memory_mb), report=lambda *_: None
        )
        found[memory_mb] = [path.read_bytes() for path in (*mined.files, *mined.records)]

    symbols = len(Workspace(next((tmp_path / "16").iterdir()) / "zh").array("order", "<u4"))
    fits = (16 << 20) // cores()
    assert (
        symbols * order._BYTES_PER_SUFFIX > 3 * fits and symbols * levels._BYTES_PER_OCCURRENCE > 1.5 * fits
    )
    assert found[16] == found[2048] and len(found[16][0]) > 1000


@pytest.mark.parametrize("depth", [1, 3, 8, 16])
@pytest.mark.parametrize("largest", [1, 5, 2**20, 2**31 - 2])
def test_suffixes_lie_in_order_whatever_the_symbols(tmp_path, depth, largest):
    chance = np.random.default_rng(depth)
    symbol = np.minimum(chance.zipf(1.3, 3_000), largest).astype(np.int32)
    symbol[chance.random(3_000) < 0.1] = 0
    symbol[[0, -1]] = 0

    slots, shared, reach = sort_suffixes(symbol, np.flatnonzero(symbol).astype(np.uint32), depth)

    def suffix(slot):
        stop = slot
        while symbol[stop] and stop - slot < depth:
            stop += 1
        return symbol[slot:stop].tolist()

    written = [suffix(slot) for slot in slots.tolist()]
    assert written == sorted(written)
    assert sorted(slots.tolist()) == np.flatnonzero(symbol).tolist()
    assert reach.tolist() == [len(one) for one in written]
    common = [
        next(
            (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
            min(len(one), len(other)),
        )
        for one, other in itertools.pairwise(written)
    ]
    assert shared.tolist() == [0, *common]


def test_an_order_written_in_ranges_is_that_of_all_at_once(tmp_path, monkeypatch):
    chance = np.random.default_rng(3)
    symbol = chance.integers(0, 50, 20_000).astype(np.int32)
    symbol[-1] = 0
    monkeypatch.setattr(order, "_BYTES_PER_SUFFIX", 1 << 14)  # a thousand at once

    heard = []
    number = write_order(symbol, Workspace(tmp_path), depth=4, memory_mb=16,
                         report=lambda *told: heard.append(told))  # fmt: skip

    whole = sort_suffixes(symbol, np.flatnonzero(symbol).astype(np.uint32), 4)
    written = order.Order.load(Workspace(tmp_path))
    assert len(heard) > 10 and heard[-1] == (number, number)
    assert written.shared.tolist() == whole[1].tolist() and written.reach.tolist() == whole[2].tolist()
