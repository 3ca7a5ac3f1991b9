"""What a small form on another page refused, for that page to say at the field when it is shown again."""

KEPT = "refused"  # in the session, until it is shown
LONGEST = 100  # characters of what was typed; nobody typed more into a field for a number


def keep_refused(request, form) -> None:
    """The fields that were wrong, each with what was typed and why it was refused."""
    request.session[KEPT] = {
        name: {"typed": form.data.get(name, "")[:LONGEST], "errors": [str(error) for error in errors]}
        for name, errors in form.errors.items()
    }


def take_refused(request, name: str) -> dict | None:
    """`{"typed": …, "errors": […]}` of the field, once."""
    return request.session.pop(KEPT, {}).get(name)
