"""What base.html needs on every page."""


def shell(request):
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"role": ""}
    return {"role": user.role}
