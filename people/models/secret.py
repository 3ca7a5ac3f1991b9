"""How secrets are kept: never, only their digest."""

import hashlib


def digest(secret: str) -> str:
    """Secrets are long and random, so a plain hash is enough to keep them unreadable at rest."""
    return hashlib.sha256(secret.encode()).hexdigest()
