"""Promises 1 and 2 of the design, held against what the database says."""

from collections import Counter

from annotation.models import GOLD_SEATS, GoldStatus, GoldUse, Judgment, Lease, Verdict


def assert_promises(campaign, acknowledged=()):
    """Nothing acknowledged is missing, nobody is asked twice, no seat is lost or handed out twice."""
    judgments = list(Judgment.objects.standing().filter(task__campaign=campaign))
    leases = list(Lease.objects.filter(task__campaign=campaign))
    verdicts = {verdict.task_id: verdict for verdict in Verdict.objects.standing().of_campaign(campaign)}
    kept = set(Judgment.objects.filter(task__campaign=campaign).values_list("pk", flat=True))
    for task in campaign.tasks.all():
        standing = [judgment for judgment in judgments if judgment.task_id == task.pk]
        counted = [judgment for judgment in standing if judgment.is_counted]
        held = [lease.annotator_id for lease in leases if lease.task_id == task.pk]
        is_asked = task.is_gold and task.gold.status == GoldStatus.LIVE and task.gold.use == GoldUse.MEASURE
        seats = GOLD_SEATS if is_asked else task.seats_granted
        assert task.is_gold or seats <= campaign.overlap, f"{task} was granted more seats than the policy has"
        asked = [*held, *(judgment.annotator_id for judgment in standing)]

        assert len(counted) <= seats, f"{task} counts too many"
        assert task.seats_free == seats - len(counted) - len(held), f"{task} lost or doubled a seat"
        assert max(Counter(asked).values(), default=1) == 1, f"{task} went to somebody twice"
        assert sorted(task.taken_by) == sorted(asked), f"{task} forgot who has it"
        verdict = verdicts.get(task.pk)
        if task.represented_by_id and not task.is_check:
            assert_speaks_as_it_is_spoken_for(task, verdict, verdicts.get(task.represented_by_id))
            continue
        basis, given = set(verdict.basis) if verdict else set(), {judgment.pk for judgment in counted}
        if task.is_gold:  # its verdict is at most one that stood before it was known
            assert basis <= given
            continue
        assert bool(verdict) == (len(counted) == seats), f"{task} and its verdict differ"
        # A curator's word stands whatever becomes of the answers that it was about.
        assert not verdict or basis == given or (verdict.decided_by_id and basis <= kept), (
            f"{task}: its basis"
        )
    assert set(acknowledged) <= kept, "an acknowledged judgment is gone"


def assert_speaks_as_it_is_spoken_for(task, verdict, said):
    """A near-duplicate that nobody was asked about has the verdict of the one that stands for it."""
    if verdict and verdict.decided_by_id and not verdict.taken_from_id:
        return  # a curator's word about it alone
    assert bool(verdict) == bool(said and not said.is_disputed), f"{task} and who stands for it differ"
    if verdict:
        assert (verdict.answer, set(verdict.basis)) == (said.answer, set(said.basis))
        assert verdict.taken_from_id == said.pk
