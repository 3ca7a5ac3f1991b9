"""Three policies to start from, each a choice between money and certainty."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from annotation.actions.campaigns import Policy
from annotation.models import Consensus


@dataclass(frozen=True)
class Preset:
    name: str
    title: Any
    says: Any
    policy: Policy


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "cheap",
            _("Cheap"),
            _("Two people, a third where they differ. For candidates of which many are wrong anyway."),
            Policy(
                overlap=3, least_overlap=2, stop_at=0.85, consensus=Consensus.DAWID_SKENE,
                dispute_below=0.6, evaluation_share=0.1, gold_share=0.0,
            ),
        ),
        Preset(
            "balanced",
            _("Balanced"),
            _("Two people, then one more at a time up to five until it is 95 percent sure."),
            Policy(
                overlap=5, least_overlap=2, stop_at=0.95, consensus=Consensus.DAWID_SKENE,
                dispute_below=0.7, evaluation_share=0.15, gold_share=0.05,
            ),
        ),
        Preset(
            "careful",
            _("Careful"),
            _("Three people at least and up to seven until it is 99 percent sure; doubts go to a curator."),
            Policy(
                overlap=7, least_overlap=3, stop_at=0.99, consensus=Consensus.DAWID_SKENE,
                dispute_below=0.9, evaluation_share=0.2, gold_share=0.1,
            ),
        ),
    )
}  # fmt: skip
