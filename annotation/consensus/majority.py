"""The plurality of the votes."""

import numpy as np
from numpy.typing import NDArray

METHOD = "majority"
ANSWERS = ("accept", "reject", "unsure")


def majority(votes: NDArray[np.integer]) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Answers and posteriors for votes of shape (tasks, 3): how many said accept, reject, unsure.

    The answer with more votes than each other one wins; a tie for the first place is "unsure".
    The posterior of "accept" is (accept + 1) / (accept + reject + 2), Laplace's rule of succession:
    the mean of a uniform prior after the votes that took a side.
    """
    accepts, rejects = votes[:, 0], votes[:, 1]
    best = votes.max(axis=1, keepdims=True)
    is_tied = (votes == best).sum(axis=1) > 1
    answers = np.where(is_tied, "unsure", np.array(ANSWERS)[votes.argmax(axis=1)])
    return answers, (accepts + 1) / (accepts + rejects + 2)
