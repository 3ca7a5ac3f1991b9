"""The table of consensus methods: each turns all judgments of a campaign into posteriors."""

from collections.abc import Callable

import numpy as np

from annotation.consensus.dawid_skene import Fit, Judgments, clamp, class_prior, dawid_skene, vote_shares

# One that fails to settle must not hold a worker for ever; far beyond what the data of the bench need.
M_MSR_ITERATIONS = 1_000


def fit(method: str, judgments: Judgments) -> Fit:
    """The posteriors of every task by the named method; ValueError for an unknown name."""
    try:
        run = METHODS[method]
    except KeyError:
        there = ", ".join(sorted(METHODS))
        raise ValueError(f"no consensus method {method!r}; there are: {there}") from None
    if not len(judgments):
        shares = vote_shares(judgments)
        return Fit(shares, class_prior(shares))
    return run(judgments)


def _majority(judgments: Judgments) -> Fit:
    shares = vote_shares(judgments)
    return Fit(shares, class_prior(shares))


def _by_crowd_kit(name: str, **options) -> Callable[[Judgments], Fit]:
    def run(judgments: Judgments) -> Fit:
        import pandas as pd  # half a second to load, so not before somebody wants it
        from crowdkit import aggregation

        frame = pd.DataFrame(
            {"task": judgments.tasks, "worker": judgments.annotators, "label": judgments.answers}
        )
        aggregator = getattr(aggregation, name)(**options)
        if hasattr(aggregator, "fit_predict_proba"):
            shares = aggregator.fit_predict_proba(frame)
        else:
            scores = aggregator.fit_predict_score(frame).clip(lower=0)
            shares = scores.div(scores.sum(axis=1).replace(0, 1), axis=0)
        posteriors = np.full((judgments.task_count, judgments.classes), 1 / judgments.classes)
        rows, columns = shares.index.to_numpy(dtype=int), shares.columns.to_numpy(dtype=int)
        posteriors[rows] = 0.0
        posteriors[np.ix_(rows, columns)] = shares.to_numpy(dtype=float)
        posteriors = clamp(posteriors, judgments)
        return Fit(posteriors, class_prior(posteriors))

    return run


METHODS: dict[str, Callable[[Judgments], Fit]] = {
    "majority": _majority,
    "dawid_skene": dawid_skene,
    # The further ones are crowd-kit's (Ustalov et al. 2024), with its defaults. They take no known
    # answers into their estimates; gold then still measures people through the confusion counts.
    "one_coin": _by_crowd_kit("OneCoinDawidSkene"),
    "glad": _by_crowd_kit("GLAD"),
    "mace": _by_crowd_kit("MACE"),
    "mmsr": _by_crowd_kit("MMSR", n_iter=M_MSR_ITERATIONS, random_state=0),
    "wawa": _by_crowd_kit("Wawa"),
    "zero_based_skill": _by_crowd_kit("ZeroBasedSkill"),
}
