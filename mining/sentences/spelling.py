"""When two phrases are one phrase spelt differently: width, case, spaces, hyphens, traditional characters."""

import re
from functools import cache
from typing import Any

from mining.sentences.normal_form import normal_form

_JOINTS = re.compile(r"[\s\-\u2010-\u2013\u2212・·]+")


def common_form(text: str, language: str) -> str:
    """Equal for spellings of one phrase: "Non-Stick", "non stick" and "nonstick"; "乾燥" and "干燥".

    Now and then it is equal for phrases that are not the same ("re-sign", "resign"): a share of the
    spellings that nobody need be asked about is asked all the same.
    """
    form = _JOINTS.sub("", normal_form(text))
    return _simplified().convert(form) if language == "zh" else form


@cache
def _simplified() -> Any:
    from opencc import OpenCC  # its tables take a moment, and most processes need none of them

    return OpenCC("t2s")
