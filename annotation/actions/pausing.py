"""Rules that pause somebody until a person has looked. Runs in workers, after each report."""

from dataclasses import dataclass
from typing import Any

from scipy.stats import beta

from annotation.actions.deciding import change_standing
from annotation.models import Campaign, Participation, QualityPolicy, QualityReport, Rule, Standing

LEAST_GOLD = 8
LEAST_ANSWERS = 30
SURE = 0.975  # upper end of a 95 % interval
# Among fewer people the crowd is too small to say what is usual: honest ones were drawn into a ring of
# fourteen. There the report shows the ring and nobody is paused for it.
LEAST_CROWD = 20


@dataclass(frozen=True)
class Finding:
    rule: Rule
    why: str  # the facts, for whoever decides


def apply_rules(campaign: Campaign) -> int:
    """Pause who breaks a rule of the campaign; how many that were."""
    policy = campaign.quality
    report = QualityReport.objects.filter(pk=campaign.pk).first()
    seen = campaign.participations.exclude(habits={}).count()
    ring = {person for members in report.rings for person in members} if report else set()
    if seen < LEAST_CROWD:
        ring = set()
    paused = 0
    active = campaign.participations.filter(standing=Standing.ACTIVE).select_related("annotator")
    for person in active.exclude(habits={}).order_by("pk"):
        finding = finding_of(person, policy, in_ring=person.annotator_id in ring)
        if finding is None:
            continue
        change_standing(
            campaign=campaign,
            annotator=person.annotator,
            standing=Standing.PAUSED,
            by=None,
            why=finding.why,
            rule=finding.rule,
        )
        paused += 1
    return paused


def finding_of(person: Participation, policy: QualityPolicy, *, in_ring: bool) -> Finding | None:
    """The first rule that this person breaks, with the facts of it."""
    facts: dict[str, Any] = person.habits
    answers = facts["answers"]
    if policy.pause_below is not None and facts["gold"] >= LEAST_GOLD:
        at_most = beta.ppf(SURE, facts["gold_right"] + 1, facts["gold"] - facts["gold_right"] + 1)
        if at_most < policy.pause_below:
            return Finding(Rule.GOLD, f"{facts['gold_right']} of {facts['gold']} known answers right")
    if answers < LEAST_ANSWERS:
        return None
    if policy.pause_fast is not None and facts["quick"] > policy.pause_fast:
        facts_of_it = f"{facts['quick']:.0%} of {answers} answers, median {facts['seconds']:.1f} s"
        return Finding(Rule.FAST, facts_of_it)
    if policy.pause_one_key is not None and facts["is_odd"] and facts["top_share"] > policy.pause_one_key:
        shares = f"{facts['top_share']:.0%} where {facts['usual_share']:.0%} would be usual"
        return Finding(Rule.ONE_KEY, f"“{facts['top']}” in {answers} answers: {shares}")
    if policy.pause_copying and in_ring:
        return Finding(Rule.COPYING, "in a ring of the quality report")
    return None
