import dataclasses

import pytest

from mining.phrases.parameters import Parameters


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("min_count", 0), ("min_count", 2.5), ("min_count", "3"), ("min_count", True), ("max_words", 0),
        ("max_chars", 17), ("min_pmi", float("nan")), ("min_pmi", None), ("min_entropy", -0.1),
        ("min_boundary_share", 1.1), ("absorb_share", -1), ("examples", -1), ("memory_mb", 1),
        ("method", "magic"), ("segment", 1), ("trees", 0), ("min_quality", 2), ("record", -1),
    ],
)  # fmt: skip
def test_a_bad_value_names_its_field(field, value):
    with pytest.raises(ValueError, match=field):
        Parameters(**{field: value})


def test_sizes_must_not_cross():
    with pytest.raises(ValueError, match="min_chars"):
        Parameters(min_chars=5, max_chars=4)


def test_whole_numbers_do_for_thresholds():
    assert Parameters(min_pmi=2).min_pmi == 2


def test_every_parameter_changes_the_fingerprint():
    default = Parameters()
    for field in dataclasses.fields(Parameters):
        value = getattr(default, field.name)
        changed = _other(field.name, value)
        assert dataclasses.replace(default, **{field.name: changed}).fingerprint() != default.fingerprint()


def _other(name, value):
    if name in ("method", "min_chars"):
        return {"method": "unsupervised", "min_chars": 4}[name]
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else value / 2 + 0.05


def test_what_is_known_beforehand_changes_the_fingerprint():
    assert Parameters().fingerprint("a") != Parameters().fingerprint("b") != Parameters().fingerprint()
