"""Which language a text is in: by script first, by English function words next, by a model last.

Item titles and chat turns are short and mixed ("Dior 烈艳蓝金唇膏"), where statistical identifiers
guess wildly; the script settles nearly all of them, at a few microseconds each.
"""

import functools
import re
from typing import Any

UNDETERMINED = "und"

# Longer texts are judged by their first characters: a document does not change language later on
# often enough to pay for reading all of it.
_SAMPLE = 2_000

# Runs of letters: a Chinese clause is one find, not twenty.
_HAN = re.compile(r"[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d]+")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]+")
_LATIN_WORD = re.compile(r"[a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff]+(?:['’][a-z]+)?")
_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]")

# Scripts that stand for one language here, in the order they are tried. Arabic and Cyrillic write
# several; the most common one is named, except Ukrainian, which has letters of its own.
_SCRIPTS = (
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0620-\u064a\u066e-\u06d3]")),
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("th", re.compile(r"[\u0e01-\u0e3a\u0e40-\u0e4e]")),
    ("hi", re.compile(r"[\u0904-\u0939]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that English uses all the time and its neighbours do not ("in", "was", "is", "for" are left out).
_ENGLISH = _words(
    "the and with this that of you your from are it it's its i'm i've don't not have has had they their "
    "which very my we our would will can be been were when what who how there than these those while but "
    "because also just only about into out too much every does did doesn't isn't to as at or on by any "
    "all"
)
# Function words of other Latin-script languages seen in shops; one of them sends the text to the model.
_FOREIGN = _words(
    "de la el los las del que una por para con les des le du et une avec pour est der die das und mit für "
    "ist nicht ein eine il di che per gli della och att med för är het een van voor niet dan yang untuk "
    "dengan ini ada tidak e o os um uma não com na w z i się jest ve bir için og på til en y un và của"
)
# The model knows 97 languages and on three words would answer Igbo; these are the ones that shops write in.
_LATIN_LANGUAGES = _words("en de fr es it pt nl sv da nb fi pl cs tr id ms vi ro hu")
_SHORT_WORDS, _SURE = 5, 0.6


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language that carries the text, or "und" where no letters do."""
    sample = text[:_SAMPLE]
    if not sample.isascii():
        language = _by_script(sample)
        if language:
            return language
    return _latin(sample)


def _by_script(sample: str) -> str | None:
    """The language of the script that outweighs the Latin words beside it, if one does."""
    han = len("".join(_HAN.findall(sample)))
    kana = "".join(_KANA.findall(sample))
    hangul = len("".join(_HANGUL.findall(sample)))
    words = len(_LATIN_WORD.findall(sample.lower()))
    # A Latin word says about as much as two Han characters: "Dior 口红" is Chinese,
    # "Buy the 红米 phone at our store" is English.
    if 2 * (han + len(kana)) + hangul >= max(words, 1):
        # A lone の is fashionable in Chinese titles and makes nothing Japanese.
        if kana and kana != "の" and 10 * len(kana) >= han:
            return "ja"
        if 2 * hangul > han and hangul:
            return "ko"
        if han:
            return "zh"
    for language, letters in _SCRIPTS:
        found = len(letters.findall(sample))
        if found and found >= 2 * words:
            return "uk" if language == "ru" and _UKRAINIAN.search(sample) else language
    return None


def _latin(sample: str) -> str:
    words = _LATIN_WORD.findall(sample.lower())
    if not words:
        return UNDETERMINED
    unique = set(words)
    english, foreign = len(unique & _ENGLISH), len(unique & _FOREIGN)
    if english > 2 * foreign:
        return "en"
    return _by_model(sample, len(words))


def _by_model(sample: str, words: int) -> str:
    language, confidence = _identifier().classify(sample)
    # Brand and model names look like every language at once, and most shop text in Latin script
    # without an accent is English, so a short text needs a strong case to be anything else.
    if words <= _SHORT_WORDS and sample.isascii() and confidence < _SURE:
        return "en"
    return {"nb": "no"}.get(language, str(language))


@functools.cache
def _identifier() -> Any:
    # Nearly a second to load, so only when a text needs it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in _LATIN_LANGUAGES if code in identifier.labels])
    return identifier
