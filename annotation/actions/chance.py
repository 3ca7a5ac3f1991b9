"""Chance that can be repeated: drawn from names, not from a generator's state."""

import hashlib

RANKS = 1_000_000


def draws(seed: int, candidate_id: int, revision: int, group: str = "") -> tuple[float, float]:
    """Two independent numbers in [0, 1) for a candidate in a campaign: its place, and its lot.

    Candidates of one `group` share their lot, so that the evaluation sample takes all of them or none.
    Both depend on nothing but the campaign's seed and the candidate's name, so no model, no order of
    arrival and no second fill can shift what is drawn for the evaluation sample.
    """
    first, second = _two(f"{seed} {candidate_id} {revision}")
    return first, _two(f"{seed} group {group}")[1] if group else second


def chance_of(seed: int, candidate_id: int) -> float:
    """A further number in [0, 1): whether a member of a cluster is asked to check on it."""
    return _two(f"{seed} check {candidate_id}")[0]


def _two(name: str) -> tuple[float, float]:
    drawn = hashlib.blake2b(name.encode(), digest_size=16).digest()
    # 53 bits are what a float holds exactly, so that no draw rounds up to 1.
    first, second = (int.from_bytes(half, "big") >> 11 for half in (drawn[:8], drawn[8:]))
    return first / 2**53, second / 2**53
