import threading

import pytest

from mining.corpora.ahead import ahead


def test_items_come_in_order_and_errors_at_their_place():
    def items():
        yield 1
        yield 2
        raise KeyError("three")

    found = ahead(items())

    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(KeyError):
        next(found)


def test_nothing_is_left_running_when_the_reader_leaves_early():
    before = threading.active_count()

    for item in ahead(iter(range(10**9))):
        if item == 3:
            break

    assert threading.active_count() == before
