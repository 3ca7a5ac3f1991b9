"""How much of a campaign one person has done, and how much waits for them."""

from dataclasses import dataclass

from annotation.models import Answer, Campaign, Judgment, Pool

# Counting further would cost more than anybody wants to know.
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class Progress:
    judged: int
    left: int
    is_more_left: bool

    @property
    def share(self) -> float:
        return self.judged / (self.judged + self.left) if self.judged else 0.0


def progress_of(campaign: Campaign, annotator) -> Progress:
    judged = Judgment.objects.standing().filter(annotator=annotator, task__campaign=campaign)
    waiting = campaign.tasks.for_annotator(annotator)[: MOST_COUNTED + 1].count()
    held = campaign.tasks.filter(leases__annotator=annotator)
    # Without known answers, like what waits: one more than before would tell that one was handed out.
    left = min(waiting, MOST_COUNTED) + held.exclude(pool=Pool.GOLD).count()
    return Progress(
        judged=judged.exclude(answer=Answer.SKIP).count(),
        left=left or int(held.exists()),
        is_more_left=waiting > MOST_COUNTED,
    )
