"""Why nobody, or a certain person, is asked anything: the queue of a campaign in plain sentences.

Each answer is an index lookup or a count that stops at a thousand, so that a campaign with a million
tasks can be asked about on a page that is drawn every few seconds.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotation.models import Campaign, CampaignStatus, Judgment, Lease, Pool, Standing
from people.models import User

MOST_COUNTED = 1_000


@dataclass(frozen=True)
class Reason:
    """One sentence about a queue. `code` is for programs, `until` where time alone will change it."""

    code: str
    says: str
    todo: str = ""
    until: datetime | None = None
    is_fine: bool = False  # somebody can be asked, or there is nothing to ask any more
    link: str = ""  # what the "todo" is done with: "start", "fill", "change", "people"


def why(campaign: Campaign, annotator: User | None = None) -> list[Reason]:
    """What is to be said about this campaign's queue, in general or for one person; never empty."""
    if general := _not_asking(campaign):
        return general
    if annotator is not None:
        return [_for_person(campaign, annotator)]
    open_by_language = _open_by_language(campaign)
    if not open_by_language:
        return [_nothing_open(campaign)]
    readers = {language: _readers(campaign, language) for language in open_by_language}
    reasons = [
        _unread(language, number) for language, number in open_by_language.items() if not readers[language]
    ]
    waiting = sum(number for language, number in open_by_language.items() if readers[language])
    return reasons + ([_waits(waiting)] if waiting else [])


def _not_asking(campaign: Campaign) -> list[Reason]:
    if campaign.status == CampaignStatus.FINISHED:
        return [Reason("finished", _("Finished: nothing is asked any more."), is_fine=True)]
    if not campaign.tasks.exclude(pool=Pool.GOLD).exists():
        return [
            Reason(
                "not_filled",
                _("It has no task yet."),
                _("Add new candidates. Where there are none, import or mine some first."),
                link="fill",
            )
        ]
    if campaign.status == CampaignStatus.DRAFT:
        return [Reason("draft", _("It was never started."), _("Start it."), link="start")]
    if campaign.status == CampaignStatus.PAUSED:
        return [Reason("paused", _("It is paused."), _("Start it again."), link="start")]
    return []


def _open_by_language(campaign: Campaign) -> dict[str, int]:
    """language -> tasks with a free seat, counted up to MOST_COUNTED; languages without any are left out."""
    counts = {
        language: campaign.tasks.open()
        .exclude(pool=Pool.GOLD)
        .filter(language=language)
        .order_by()[: MOST_COUNTED + 1]
        .count()
        for language in campaign.languages
    }
    return {language: number for language, number in counts.items() if number}


def _readers(campaign: Campaign, language: str) -> int:
    """People who could be asked tasks of this language."""
    stopped = campaign.participations.exclude(standing=Standing.ACTIVE).values("annotator")
    return User.objects.filter(is_active=True, reads__contains=[language]).exclude(pk__in=stopped).count()


def _unread(language: str, number: int) -> Reason:
    words = {"count": _counted(number), "language": language_word(language)}
    return Reason(
        "language_not_read",
        ngettext(
            "%(count)s task waits in %(language)s, which nobody who may answer reads.",
            "%(count)s tasks wait in %(language)s, which nobody who may answer reads.",
            number,
        )
        % words,
        _("Invite somebody who reads it, or let somebody choose it on their account page."),
        link="people",
    )


def _waits(number: int) -> Reason:
    return Reason(
        "waits",
        ngettext("%(count)s task waits for an answer.", "%(count)s tasks wait for an answer.", number)
        % {"count": _counted(number)},
        is_fine=True,
    )


def _nothing_open(campaign: Campaign) -> Reason:
    held = _held(campaign)
    if held is not None:
        return held
    return Reason(
        "all_decided",
        _("Every task has its answers."),
        _("Add new candidates, or finish it."),
        is_fine=True,
        link="fill",
    )


def _held(campaign: Campaign, *, but_by: User | None = None) -> Reason | None:
    """Everything that is left is held by somebody; None where nothing is."""
    leases = Lease.objects.filter(task__campaign=campaign).exclude(task__pool=Pool.GOLD)
    if but_by is not None:
        leases = leases.exclude(annotator=but_by)
    told = leases.aggregate(number=Count("pk"), first=Min("expires_at"))
    if not told["number"]:
        return None
    if told["first"] < timezone.now():
        return Reason(
            "leases_not_released",
            _("What is left is held by people whose time ran out at %(time)s, and nobody has given it back.")
            % {"time": _clock(told["first"])},
            _("Beat and a worker of the queue “default” do that within seconds; one of them is missing."),
            until=told["first"],
        )
    return Reason(
        "all_leased",
        ngettext(
            "The last %(count)d task is held by somebody, at the longest until %(time)s.",
            "All %(count)d tasks that are left are held by somebody; the first comes free at %(time)s "
            "unless it is answered.",
            told["number"],
        )
        % {"count": told["number"], "time": _clock(told["first"])},
        until=told["first"],
        is_fine=True,
    )


def _for_person(campaign: Campaign, annotator: User) -> Reason:
    who = annotator.username
    if not annotator.is_active:
        return Reason(
            "closed",
            _("The account of %(who)s is closed.") % {"who": who},
            _("Open it again."),
            link="people",
        )
    participation = campaign.participations.filter(annotator=annotator).first()
    if participation is not None and participation.standing != Standing.ACTIVE:
        return _stopped(participation, who)
    if campaign.quality.test_size and (participation is None or participation.qualified_at is None):
        return Reason(
            "not_qualified",
            _("%(who)s has not passed the test of this campaign.") % {"who": who},
            _("They take it on their work page; who failed too often can be let in by a person."),
        )
    reads = set(annotator.reads) & set(campaign.languages)
    if not reads:
        return Reason(
            "language_not_read",
            _("%(who)s reads none of the languages of this campaign (%(languages)s).")
            % {"who": who, "languages": _languages(campaign.languages)},
            _("Let %(who)s choose a language on the account page.") % {"who": who},
        )
    held = Lease.objects.filter(task__campaign=campaign, annotator=annotator).count()
    mine = campaign.tasks.for_annotator(annotator).order_by()[: MOST_COUNTED + 1].count()
    if mine or held:
        number = mine + held
        return Reason(
            "waits",
            ngettext("%(count)s task waits for %(who)s.", "%(count)s tasks wait for %(who)s.", number)
            % {"count": _counted(number), "who": who},
            is_fine=True,
        )
    return _nothing_for(campaign, annotator, reads)


def _stopped(participation, who: str) -> Reason:
    if participation.standing == Standing.REMOVED:
        return Reason(
            "removed",
            _("%(who)s was taken out of this campaign: %(why)s") % {"who": who, "why": participation.why},
        )
    return Reason(
        "person_paused",
        _("%(who)s is paused in this campaign: %(why)s") % {"who": who, "why": participation.why},
        _("A person has to decide whether they go on."),
    )


def _nothing_for(campaign: Campaign, annotator: User, reads: set[str]) -> Reason:
    who = annotator.username
    open_by_language = _open_by_language(campaign)
    taken = sum(number for language, number in open_by_language.items() if language in reads)
    if taken:
        return Reason(
            "all_seats_taken",
            ngettext(
                "%(who)s has answered the %(count)s task that is open; it waits for somebody else.",
                "%(who)s has answered all %(count)s tasks that are open; they wait for somebody else.",
                taken,
            )
            % {"who": who, "count": _counted(taken)},
            _("Let more people answer: nobody is asked the same twice."),
            link="people",
        )
    if open_by_language:
        return Reason(
            "language_not_read",
            _("What is open is in %(languages)s, which %(who)s does not read.")
            % {"who": who, "languages": _languages(open_by_language)},
        )
    if held := _held(campaign, but_by=annotator):
        return held
    answered = Judgment.objects.standing().filter(task__campaign=campaign, annotator=annotator).count()
    return Reason(
        "all_decided",
        ngettext(
            "Every task has its answers; %(count)d is of %(who)s.",
            "Every task has its answers; %(count)d are of %(who)s.",
            answered,
        )
        % {"count": answered, "who": who},
        is_fine=True,
    )


def language_word(code: str) -> str:
    return {"en": _("English"), "zh": _("Chinese")}.get(code, code)


def _languages(codes) -> str:
    return ", ".join(language_word(code) for code in codes)


def _clock(at: datetime) -> str:
    return date_format(timezone.localtime(at), "TIME_FORMAT")


def _counted(number: int) -> str:
    return (
        f"{number:,}"
        if number <= MOST_COUNTED
        else _("more than %(number)s") % {"number": f"{MOST_COUNTED:,}"}
    )
