"""Near duplicates: spellings of what is one phrase to a reader."""

import re

_JOINTS = re.compile(r"[\s\-\u2010-\u2013\u2212・·]+")
_PARTICLES = re.compile("[的地得之]")


def near_key(normal_form: str, language: str) -> str:
    """Equal for near duplicates. Chinese: with or without a particle inside (酒店的服务, 酒店服务). English:
    joined, hyphened or spaced, singular or plural (non-stick pans, nonstick pan).
    """
    if language == "zh":
        return normal_form[:1] + _PARTICLES.sub("", normal_form[1:-1]) + normal_form[-1:]
    return _JOINTS.sub("", " ".join(map(_singular, normal_form.split(" "))))


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]
