"""Whether somebody is let in to a campaign's tasks, and if not, what they are told."""

from dataclasses import dataclass

from annotation.models import Attempt, Campaign, Gold, GoldUse, Mode, Participation, QualityPolicy, Standing

OPEN, TEST, FAILED, NOT_READY, PAUSED, REMOVED = "open", "test", "failed", "not_ready", "paused", "removed"


@dataclass(frozen=True)
class Gate:
    state: str
    policy: QualityPolicy
    participation: Participation | None
    attempts_left: int = 0
    has_training: bool = False

    @property
    def is_open(self) -> bool:
        return self.state == OPEN


def gate_of(campaign: Campaign, annotator) -> Gate:
    """What stands between this person and the tasks; the serving statement holds to the same rules."""
    policy = campaign.quality
    person = Participation.objects.filter(campaign=campaign, annotator=annotator).first()
    training = questions(campaign, annotator, GoldUse.TRAINING).exists()
    if person is not None and person.standing != Standing.ACTIVE:
        return Gate(str(person.standing), policy, person)
    if not policy.test_size or (person is not None and person.qualified_at):
        return Gate(OPEN, policy, person, has_training=training)
    left = attempts_left(campaign, annotator, policy, person)
    if left <= 0:
        return Gate(FAILED, policy, person, 0, training)
    is_ready = questions(campaign, annotator, GoldUse.TEST).count() >= policy.test_size
    return Gate(TEST if is_ready else NOT_READY, policy, person, left, training)


def attempts_left(campaign: Campaign, annotator, policy: QualityPolicy, person: Participation | None) -> int:
    finished = Attempt.objects.filter(campaign=campaign, annotator=annotator, mode=Mode.TEST)
    used = finished.exclude(finished_at=None).count()
    return policy.test_attempts + (person.more_attempts if person else 0) - used


def questions(campaign: Campaign, annotator, use: str):
    """Known answers of this use that the person can read."""
    return Gold.objects.live().filter(task__campaign=campaign, use=use, task__language__in=annotator.reads)
