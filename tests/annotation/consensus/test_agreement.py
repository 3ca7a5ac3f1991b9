"""Krippendorff's alpha against the published example, another implementation and its own limits."""

import numpy as np
import pytest

from annotation.consensus.agreement import agreement


def patterns_of(units, values):
    rows = [[unit.count(value) for value in values] for unit in units]
    patterns, counts = np.unique(rows, axis=0, return_counts=True)
    return patterns, counts


def test_the_example_of_the_paper():
    # Krippendorff (2011), section C: nominal data of four observers with missing answers, alpha 0.743.
    units = [
        [1, 1, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [5, 5, 5],
        [1, 1],
        [3],
    ]

    measured = agreement(*patterns_of(units, [1, 2, 3, 4, 5]))

    assert measured.alpha == pytest.approx(0.743, abs=0.0005)
    assert measured.low < measured.alpha < measured.high <= 1
    assert (measured.tasks, measured.judgments) == (11, 40)


def test_the_same_as_crowd_kit():
    import pandas as pd
    from crowdkit.metrics.data import alpha_krippendorff

    draw = np.random.default_rng(3)
    rows = [
        (task, worker, draw.choice([0, 0, 1, 2]) if draw.random() < 0.5 else task % 3)
        for task in range(200)
        for worker in range(draw.integers(2, 5))
    ]
    frame = pd.DataFrame(rows, columns=["task", "worker", "label"])
    units = [list(group) for _task, group in frame.groupby("task")["label"]]

    assert agreement(*patterns_of(units, [0, 1, 2])).alpha == pytest.approx(alpha_krippendorff(frame))


def test_nobody_ever_disagreeing_or_chance_alone():
    assert agreement(np.array([[3, 0], [0, 3]]), np.array([5, 5])).alpha == 1
    assert agreement(np.array([[3, 0]]), np.array([9])) is None
    assert agreement(np.array([[1, 0]]), np.array([9])) is None
    half = agreement(np.array([[2, 0], [1, 1], [0, 2]]), np.array([250, 500, 250]))
    assert half.alpha == pytest.approx(0, abs=0.01)
    assert half.low < 0 < half.high
