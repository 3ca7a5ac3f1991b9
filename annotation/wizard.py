"""The steps to a new campaign: one form each, what was typed kept from step to step.

What is kept is what was typed, not what was understood, so that going back never loses a wrong answer.
"""

from dataclasses import dataclass, fields
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from annotation import kinds
from annotation.actions.campaigns import Policy, first_examples, first_text
from annotation.forms import GuidelineForm, NewCampaignForm, PolicyForm
from annotation.forms_source import SourceForm
from annotation.presets import PRESETS

KEPT = "new_campaign"  # in the session: {step: {field: [values]}}
OF_RUN = "new_campaign_of_run"  # in the session: the run whose candidates the source begins with


class KindForm(NewCampaignForm):
    """What is asked, in which languages; the other fields of a campaign are asked later."""

    field_order = ["asks", "name", "languages"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"name", "asks", "languages"}:
            del self.fields[name]


class FirstGuidelineForm(GuidelineForm):
    reason = None  # type: ignore[assignment]


class PolicyStepForm(NewCampaignForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("name", "asks", "languages", "price_per_answer", "currency"):
            del self.fields[name]


class CostForm(PolicyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"price_per_answer", "currency"}:
            del self.fields[name]


@dataclass(frozen=True)
class Step:
    name: str
    title: Any
    form: type[forms.Form]


STEPS = {
    step.name: step
    for step in (
        Step("kind", _("Question"), KindForm),
        Step("source", _("Candidates"), SourceForm),
        Step("guideline", _("Guideline"), FirstGuidelineForm),
        Step("policy", _("Policy"), PolicyStepForm),
        Step("estimate", _("Estimate"), CostForm),
        Step("review", _("Review"), forms.Form),
    )
}
ORDER = list(STEPS)


def neighbour(name: str, by: int) -> str:
    return ORDER[min(max(ORDER.index(name) + by, 0), len(ORDER) - 1)]


class Draft:
    """A campaign on its way, in somebody's session."""

    def __init__(self, session):
        self.session = session

    @property
    def kept(self) -> dict[str, dict[str, list[str]]]:
        return self.session.get(KEPT, {})

    def keep(self, step: str, told: QueryDict) -> None:
        fields = STEPS[step].form().fields
        # A field of several columns has one name each: examples-why.
        own = {name: values for name, values in told.lists() if name.partition("-")[0] in fields}
        was = self.kept.get("kind", {}).get("asks")
        self.session[KEPT] = {**self.kept, step: own}
        if step == "kind" and was and was != own.get("asks"):
            for about_another in ("guideline", "source"):
                self.session[KEPT].pop(about_another, None)

    def take(self, preset: str) -> None:
        """Write a preset's figures into the policy; what it does not say stays as it is."""
        told = self.kept.get("policy") or _as_typed(_initials(PolicyStepForm()))
        self.session[KEPT] = {**self.kept, "policy": told | _as_typed(figures(PRESETS[preset].policy))}

    def forget(self) -> None:
        self.session.pop(KEPT, None)
        self.session.pop(OF_RUN, None)

    def begin_with(self, run: str) -> None:
        """Anew, with the candidates of one run; what is no run's number begins with all of them."""
        self.forget()
        if run.isascii() and run.isdecimal() and len(run) < 18:
            self.session[OF_RUN] = int(run)

    def form(self, step: str, told: QueryDict | None = None) -> forms.Form:
        """The form of a step: with `told`, else as it was left, else as it begins."""
        if told is not None:
            return self._made(step, told)
        kept = self.kept.get(step)
        if kept is None:
            return self._made(step, initial=self._initial(step))
        data = QueryDict(mutable=True)
        for name, values in kept.items():
            data.setlist(name, values)
        return self._made(step, data)

    def _made(self, step: str, *told, **more) -> forms.Form:
        if step == "source" and (asks := self.question):
            kind = self.kept["kind"]["asks"][0].partition("/")[0]
            return SourceForm(*told, asks=(kind, asks.name), **more)
        return STEPS[step].form(*told, **more)

    def _initial(self, step: str) -> dict[str, Any]:
        if step == "source" and (run := self.session.get(OF_RUN)):
            return {"run": run}
        if step == "policy":
            return figures(PRESETS["balanced"].policy)
        if step != "guideline" or (asks := self.question) is None:
            return {}
        text = first_text(asks)
        return {
            "text_en": text.get("en", ""),
            "text_zh": text.get("zh", ""),
            "examples": first_examples(asks),
        }

    @property
    def question(self) -> kinds.Question | None:
        try:
            kind, _slash, question = self.kept.get("kind", {}).get("asks", [""])[0].partition("/")
            return kinds.get(kind).questions.get(question)
        except (kinds.UnknownKind, IndexError):
            return None

    def filled(self, step: str) -> forms.Form:
        """The form of a step as if it had been sent, so that a step nobody opened has its defaults."""
        form = self.form(step)
        if form.is_bound:
            return form
        data = QueryDict(mutable=True)
        for name, values in _as_typed(_initials(form)).items():
            data.setlist(name, values)
        return self._made(step, data)

    def first_wrong(self, before: str) -> str | None:
        """The first step before this one whose answers will not do."""
        for step in ORDER[: ORDER.index(before)]:
            if not self.filled(step).is_valid():
                return step
        return None

    def asked_for(self) -> dict[str, Any]:
        """What `create_campaign` and `forecast.estimate` take; only once no step is wrong."""
        steps = {step: self.filled(step) for step in ORDER[:-1]}
        for step, form in steps.items():
            if not form.is_valid():
                raise ValidationError({step: [_("This step is not complete.")]})
        kind, question = steps["kind"].cleaned_data["asks"].split("/")
        return {
            "name": steps["kind"].cleaned_data["name"],
            "kind": kind,
            "question": question,
            "languages": steps["kind"].cleaned_data["languages"],
            "source": steps["source"].wanted(),  # type: ignore[attr-defined]
            "text": steps["guideline"].cleaned_data["text"],
            "examples": steps["guideline"].cleaned_data["examples"],
            "policy": _policy(steps["policy"], steps["estimate"]),
        }


def _policy(policy: forms.Form, cost: forms.Form) -> Policy:
    told = policy.policy() | cost.policy()  # type: ignore[attr-defined]
    for name in ("overlap", "least_overlap"):
        told[name] = policy.cleaned_data[name]
    return Policy(**told)


def figures(policy: Policy) -> dict[str, Any]:
    """A policy as its form shows it: shares in percent, times in minutes."""
    told: dict[str, Any] = {}
    for one in fields(Policy):
        value = getattr(policy, one.name)
        if one.name in {
            "evaluation_share",
            "random_share",
            "gold_share",
            "trust_at",
            "dispute_below",
            "stop_at",
        }:
            value = None if value is None else round(100 * value)
        told[one.name] = value
    told["lease_minutes"] = round(told.pop("lease_for").total_seconds() / 60)
    return told


def _initials(form: forms.Form) -> dict[str, Any]:
    return {name: form.get_initial_for_field(one, name) for name, one in form.fields.items()}


def _as_typed(values: dict[str, Any]) -> dict[str, list[str]]:
    """Values as a browser would send them: nothing for what is empty or not ticked."""
    typed: dict[str, list[str]] = {}
    for name, value in values.items():
        if value in (None, "", False, []):
            continue
        several = value if isinstance(value, list | tuple) else [value]
        if isinstance(several[0], dict):  # rows: one list for each column
            typed |= {f"{name}-{column}": [row[column] for row in several] for column in several[0]}
            continue
        typed[name] = ["on" if one is True else str(one) for one in several]
    return typed
