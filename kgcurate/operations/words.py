"""Words for what workers do, and what a person does about a part that is missing."""

import os

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Set for its parts by the launcher behind `make run`, which starts again what died.
LAUNCHED = "KGCURATE_LAUNCHED"

JOBS = {
    "annotation.tasks.release_expired_leases": gettext_lazy(
        "Giving back tasks that were not answered in time"
    ),
    "annotation.tasks.act_on_verdict": gettext_lazy("Writing a verdict into the graph"),
    "annotation.tasks.act_on_waiting_verdicts": gettext_lazy("Writing verdicts into the graph"),
    "annotation.tasks.refresh_consensus": gettext_lazy("Weighing answers"),
    "annotation.tasks.run_exchange": gettext_lazy("Exchanging with Label Studio"),
    "annotation.tasks.revive_exchanges": gettext_lazy("Looking after exchanges with Label Studio"),
    "annotation.tasks.tell_of_empty_queues": gettext_lazy("Looking for empty queues"),
    "annotation.tasks.watch_quality": gettext_lazy("Watching the quality of answers"),
    "annotation.tasks.carry_out_reask": gettext_lazy("Asking tasks again"),
    "annotation.tasks.take_out": gettext_lazy("Taking out a person's answers"),
    "annotation.tasks.take_up_decisions": gettext_lazy("Taking up decisions"),
    "annotation.tasks.fill": gettext_lazy("Filling a campaign"),
    "annotation.tasks.take_up_fillings": gettext_lazy("Filling campaigns"),
    "annotation.tasks.write_export": gettext_lazy("Writing an export"),
    "annotation.tasks.take_up_exports": gettext_lazy("Writing exports"),
    "annotation.tasks.forget_exports": gettext_lazy("Clearing away old exports"),
    "mining.tasks.runs.revive_stalled_runs": gettext_lazy("Looking after stalled runs"),
    "mining.tasks.runs.forget_run_folders": gettext_lazy("Clearing away folders of old runs"),
    "mining.tasks.phrases.mine_phrases": gettext_lazy("Phrase mining"),
    "mining.tasks.encoders.train_encoder": gettext_lazy("Training of an encoder"),
    "mining.tasks.learning.train_round": gettext_lazy("Training"),
    "mining.tasks.learning.learn_where_due": gettext_lazy("Looking for models to train"),
    "mining.tasks.imports.import_documents": gettext_lazy("Import of documents"),
    "mining.tasks.imports.import_categories": gettext_lazy("Import of categories"),
    "mining.tasks.imports.import_items": gettext_lazy("Import of items"),
    "mining.tasks.imports.import_relations": gettext_lazy("Import of relation sentences"),
    "mining.tasks.imports.import_image_texts": gettext_lazy("Import of images with texts"),
    "mining.tasks.imports.forget_uploads": gettext_lazy("Clearing away old uploads"),
    "people.tasks.deliver_webhooks": gettext_lazy("Delivering webhooks"),
    "people.tasks.forget_old_events": gettext_lazy("Clearing away old events"),
}


def job_words(task: str) -> str:
    """A job as people call it; a task of somebody else keeps its name."""
    return str(JOBS.get(task, task))


def start_again(part: str, otherwise: str) -> str:
    """What to do about a missing part: nothing by hand where the launcher looks after it."""
    if not os.environ.get(LAUNCHED):
        return otherwise
    return _(
        "“make run” starts it again by itself within seconds. If it does not come back, "
        "var/log/%(part)s.log says why; stopping and starting “make run” starts everything anew."
    ) % {"part": part}
