"""A ring that copies is found among honest people of all kinds, and nobody honest is accused."""

from itertools import combinations

import numpy as np
import pytest

from annotation.consensus.copying import find
from annotation.consensus.dawid_skene import Judgments, dawid_skene

PEOPLE, TASKS, OVERLAP = 24, 5000, 3


def crowd(*, seed, ring=(), copies=0.8, lazy=(), overlap=OVERLAP, tasks=TASKS):
    """A crowd of mixed reliability on tasks of mixed difficulty, `overlap` of them on each task.

    Members of the ring answer by themselves where they are alone, and else repeat what the first of
    them said in a share `copies` of the tasks. Lazy ones press one key.
    """
    draw = np.random.default_rng(seed)
    truth = draw.choice(4, size=tasks, p=[0.5, 0.35, 0.1, 0.05])
    skill = draw.uniform(0.65, 0.97, PEOPLE)
    hardness = draw.normal(0, 0.8, tasks)  # log odds: what misleads one misleads the others too
    lure = draw.choice(4, size=tasks, p=[0.4, 0.4, 0.15, 0.05])
    rows = []
    for task in range(tasks):
        first = None
        for person in draw.choice(PEOPLE, overlap, replace=False):
            right = 1 / (1 + np.exp(-(np.log(skill[person] / (1 - skill[person])) - hardness[task])))
            said = truth[task] if draw.random() < right else lure[task]
            if person in lazy:
                said = 0
            if person in ring:
                if first is not None and draw.random() < copies:
                    said = first
                first = said if first is None else first
            rows.append((task, person, said))
    task, person, answer = np.array(rows).T
    return Judgments(task, person, answer, tasks, PEOPLE, 4)


def found(judgments):
    return find(judgments, dawid_skene(judgments).posteriors)


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_ring_is_found_and_honest_pairs_are_left_alone(seed):
    seen = found(crowd(seed=seed, ring=(3, 8, 15, 20)))

    assert seen.rings == [[3, 8, 15, 20]]
    assert {frozenset((pair.one, pair.other)) for pair in seen.pairs if pair.is_flagged} == {
        frozenset(two) for two in combinations((3, 8, 15, 20), 2)
    }


@pytest.mark.parametrize("seed", range(8))
def test_an_honest_crowd_is_not_accused_even_where_tasks_mislead_everybody(seed):
    assert found(crowd(seed=seed, tasks=2500)).rings == []


def test_who_presses_one_key_copies_from_nobody():
    assert found(crowd(seed=1, lazy=(2, 9, 17))).rings == []


def test_two_who_copy_half_of_the_time_are_found_when_they_meet_often():
    judgments = crowd(seed=5, ring=(4, 11), copies=0.6, overlap=6)

    seen = found(judgments)

    worst = seen.pairs[0]
    assert (seen.rings, worst.one, worst.other) == ([[4, 11]], 4, 11)
    assert worst.agreed > worst.expected
    assert 0.3 <= worst.copied <= 0.8
    tasks = [set(judgments.tasks[judgments.annotators == person]) for person in (4, 11)]
    assert worst.shared == len(tasks[0] & tasks[1])


def test_too_little_in_common_says_nothing():
    judgments = Judgments(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0, 0, 1]), 2, 2, 4)
    nothing = Judgments(*[np.zeros(0, dtype=int)] * 3, 0, 0, 4)

    assert found(judgments).rings == found(nothing).rings == []
