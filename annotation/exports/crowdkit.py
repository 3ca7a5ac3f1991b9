"""What Crowd-Kit works on: task, worker, label; of verdicts task and label, as its truth files."""

from collections.abc import Iterator

from annotation.exports.tables import JUDGMENTS, Table
from annotation.exports.text import line
from annotation.models import Answer, Campaign


def lines(table: Table, campaign: Campaign, names: bool) -> Iterator[bytes]:
    if table is not JUDGMENTS:
        yield line(["task", "label"])
        for row in table.rows(campaign):
            yield line([row["task"], row["answer"]])
        return
    yield line(["task", "worker", "label"])
    for row in table.rows(campaign, names=names):
        # A skip is no label; a late answer is one, even where it was not counted.
        if row["answer"] != Answer.SKIP:
            yield line([row["task"], row["annotator"], row["answer"]])
