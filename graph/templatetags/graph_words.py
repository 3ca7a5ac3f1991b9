"""References in templates."""

from django import template

from graph.words import reference_words

register = template.Library()
register.filter(reference_words)


@register.filter
def in_percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


@register.filter
def yes_of_all(votes: dict[str, int] | None) -> tuple[int, int] | None:
    """How many said yes, of how many."""
    given = sum(votes.values()) if votes else 0
    return (votes.get("accept", 0), given) if votes and given else None
