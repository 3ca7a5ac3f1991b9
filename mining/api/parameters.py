"""Query parameters that must make sense."""

from rest_framework.exceptions import ValidationError

LARGEST = 2**63 - 1


def whole_number(request, name: str) -> int | None:
    """The parameter as an id, None where it is not given."""
    value = request.GET.get(name)
    if value in (None, ""):
        return None
    if not (value.isascii() and value.isdigit()) or int(value) > LARGEST:
        raise ValidationError({name: ["A whole number is wanted."]})
    return int(value)
