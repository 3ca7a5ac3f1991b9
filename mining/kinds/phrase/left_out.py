"""Why a campaign asks about fewer candidates than its run has: one sentence with numbers for who makes it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotation.models import Campaign
from mining.kinds.phrase import source
from mining.models import PhraseCandidate


def left_out(campaign: Campaign) -> list[str]:
    """From all candidates of the run down to those that are asked about; nothing where no run is chosen."""
    run = campaign.source.get("run")
    if not run or campaign.source.get("judging"):
        return []
    there = PhraseCandidate.objects.filter(runs__run=run)
    every = there.count()
    read = there.filter(language__in=campaign.source.get("languages") or campaign.languages).count()
    narrowed = source.narrowed(campaign)
    fitting = narrowed.count()
    open_ = narrowed.filter(~source.turned_down(campaign)).count()
    asked = min(open_, int(campaign.source.get("limit") or open_))
    parts = [
        words % {"count": f"{number:,}"}
        for number, words in (
            (every - read, _("%(count)s in other languages")),
            (read - fitting, _narrowed_words(campaign)),
            (fitting - open_, _("%(count)s turned down before")),
            (open_ - asked, _("%(count)s beyond the number you allow")),
        )
        if number > 0
    ]
    if not parts:
        return []
    has = ngettext("The run has %(count)s candidate", "The run has %(count)s candidates", every)
    return [
        _("%(has)s, a phrase counting once for each of its categories. Left out: %(parts)s.")
        % {"has": has % {"count": f"{every:,}"}, "parts": ", ".join(parts)}
    ]


def _narrowed_words(campaign: Campaign) -> str:
    if any(campaign.source.get(name) for name in ("categories", "min_score")):
        return _("%(count)s of other categories or scores")
    if campaign.question in ("problem", "phrase"):
        return _("%(count)s that are the same phrase in another category, which is asked once")
    return _("%(count)s without a category")
