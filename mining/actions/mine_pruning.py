"""The masked language model of a mining run, the five variants of the paper's Table 3 by name, and one
past them."""

from typing import Any

from mining.actions.encoders import find_encoder, pinned
from mining.models import Run
from people.errors import UserError

MLM_WAYS = ("alone", "sentences")
TOP_N, TOP_N_MOST = 100, 1_000_000
DEFAULTS: dict[str, Any] = {"mlm": False, "encoder": "", "mlm_top_n": TOP_N, "mlm_way": "alone"}

PRESETS: dict[str, dict[str, Any]] = {
    "unsupervised": {"method": "unsupervised", "mlm": False},
    "rf": {"method": "forest", "segment": False, "mlm": False},
    "rf+seg": {"method": "forest", "segment": True, "mlm": False},
    "rf+mlm": {"method": "forest", "segment": False, "mlm": True},
    "rf+seg+mlm": {"method": "forest", "segment": True, "mlm": True},
    # Past the paper: the ranks are features of the forest instead of a cut.
    "rf+seg+ranks": {"method": "forest", "segment": True, "mlm": True, "mlm_cuts": False},
}


# It needs nothing that may be absent, and decisions of people teach it by themselves. An encoder has shown no
# gain beside them (docs/benchmarks.md), so it is left to be asked for.
RECOMMENDED = "rf+seg"


class BadPruning(UserError):
    pass


def with_preset(told: dict[str, Any]) -> dict[str, Any]:
    """What was told, and where nothing was told what its preset says."""
    rest = {name: value for name, value in told.items() if name != "preset"}
    preset = told.get("preset")
    if not preset:
        return rest
    if preset not in PRESETS:
        raise BadPruning(f"There is no preset “{preset}”; there are: {', '.join(PRESETS)}.")
    return {**rest, **{name: value for name, value in PRESETS[preset].items() if rest.get(name) is None}}


def pruning_parameters(told: dict[str, Any], *, method: str) -> dict[str, Any]:
    """Checked; the encoder is pinned to its version, so that a run means the same one for ever."""
    wanted = {name: DEFAULTS[name] if told.get(name) is None else told[name] for name in DEFAULTS}
    if not isinstance(wanted["mlm"], bool):
        raise BadPruning(f"mlm must be true or false, not {wanted['mlm']!r}.")
    top_n = wanted["mlm_top_n"]
    if isinstance(top_n, bool) or not isinstance(top_n, int) or not 1 <= top_n <= TOP_N_MOST:
        raise BadPruning(f"mlm_top_n must be a whole number between 1 and {TOP_N_MOST:,}, not {top_n!r}.")
    if wanted["mlm_way"] not in MLM_WAYS:
        raise BadPruning(f"mlm_way must be {' or '.join(MLM_WAYS)}, not “{wanted['mlm_way']}”.")
    if not isinstance(wanted["encoder"], str):
        raise BadPruning("encoder must be the name of an encoder, a path, or an id of the model hub.")
    if not wanted["mlm"]:
        return wanted
    if method == "unsupervised":
        raise BadPruning("The masked language model prunes what the forest keeps; choose the method forest.")
    find_encoder(wanted["encoder"])
    return {**wanted, "encoder": pinned(wanted["encoder"])}


def pruner_of(run: Run) -> Any:
    """The pruner that a run asks for, None where it asks for none. Nothing is loaded before it is asked."""
    told = run.parameters
    if not told.get("mlm"):
        return None
    from mining.encoders.pruner import MaskedPruner

    identity, load = find_encoder(told["encoder"])
    return MaskedPruner(load, identity=identity, top_n=told["mlm_top_n"], way=told["mlm_way"])
