"""Near duplicates: spellings of what is one phrase to a reader."""

import re

from mining.sentences.spelling import common_form

_PARTICLES = re.compile("[的地得之]")


def near_key(normal_form: str, language: str) -> str:
    """Equal for near duplicates: spellings of one phrase (乾燥, 干燥; non-stick, nonstick), and beyond them
    in Chinese what differs by a particle inside (酒店的服务, 酒店服务), in English by number (pans, pan).
    """
    if language != "zh":
        return common_form(" ".join(map(_singular, normal_form.split(" "))), language)
    form = common_form(normal_form, language)
    return form[:1] + _PARTICLES.sub("", form[1:-1]) + form[-1:]


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]
