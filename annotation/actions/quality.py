"""How a campaign watches over its quality, changed with its trail."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import Campaign, QualityPolicy
from people.models import Change

CHANGEABLE = tuple(field.name for field in QualityPolicy._meta.fields if field.name != "campaign")


@transaction.atomic
def change_quality(*, campaign: Campaign, by=None, reason: str = "", **changes: Any) -> QualityPolicy:
    """Change what is named; ValidationError for what a policy does not have or cannot be."""
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise ValidationError({name: [_("There is no such setting.")] for name in sorted(unknown)})
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    policy = QualityPolicy.objects.filter(campaign=campaign).first() or QualityPolicy(campaign=campaign)
    before = facts(policy)
    for name, value in changes.items():
        setattr(policy, name, value)
    policy.full_clean(exclude=["campaign"], validate_unique=False, validate_constraints=False)
    policy.save()
    after = facts(policy)
    if before != after:
        Change.objects.create(
            by=by,
            action="change quality",
            entity="campaign",
            entity_id=campaign.pk,
            before=before,
            after=after,
            reason=reason,
        )
    return policy


def facts(policy: QualityPolicy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in CHANGEABLE}
