"""Which run a blindly judged candidate was drawn from; nobody who judges can see it."""

from django.db import models

from annotation.models import Campaign
from mining.models.candidate import PhraseCandidate
from mining.models.run import Run


class JudgingSample(models.Model):
    """That the random sample of a run holds a candidate of a judging campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="judging_samples", db_index=False)
    run = models.ForeignKey(Run, models.PROTECT, related_name="judging_samples")
    candidate = models.ForeignKey(PhraseCandidate, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "run", "candidate"], name="judging_sample_once"),
        ]

    def __str__(self):
        return f"{self.candidate_id} of run {self.run_id} in campaign {self.campaign_id}"
