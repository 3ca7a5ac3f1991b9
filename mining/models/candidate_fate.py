"""What became of every n-gram that a mining run considered."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from mining.models.run import Run


class CandidateFateQuerySet(models.QuerySet["CandidateFate"]):
    def kept(self):
        return self.filter(stage="")

    def dropped(self):
        return self.exclude(stage="")

    def in_batches(self, size: int = 1000) -> Iterator[list[Any]]:
        """Lists of rows of one run in the order of the list, each fetched by place."""
        after = -1
        while batch := list(self.filter(place__gt=after).order_by("place")[:size]):
            yield batch
            after = batch[-1].place


class CandidateFate(models.Model):
    """A candidate of one run: kept, or dropped at `stage` by `rule` (both empty for a kept one).

    `place`: key within the run: the kept ones come first, best first, then those dropped last.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="fates", db_index=False)
    place = models.IntegerField()
    language = models.CharField(max_length=8)
    text = models.CharField(max_length=500)  # as it is counted: folded
    count = models.BigIntegerField()
    stage = models.CharField(max_length=32, blank=True)
    rule = models.CharField(max_length=32, blank=True)
    # Share of the forest's trees that call it a phrase; empty before it was asked.
    quality = models.FloatField(null=True)
    score = models.FloatField(null=True)
    features = models.JSONField(default=dict)  # what was measured until then, by name

    objects = CandidateFateQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="candidate_fate_place_once")]
        indexes = [
            models.Index(fields=["run", "stage", "rule", "place"], name="candidate_fate_stage"),
            models.Index(fields=["run", "language", "text"], name="candidate_fate_text"),
        ]

    def __str__(self):
        return f"{self.text} in run {self.run_id}"
