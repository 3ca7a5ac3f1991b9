"""What a run knows beforehand: words of lexicons, and phrases that people accepted or rejected."""

import functools
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from mining.phrases.cutting.dictionary import chinese, english
from mining.sentences.normal_form import normal_form

_NOTHING: frozenset[str] = frozenset()
# Of the English dictionary: what a phrase of one word can be.
_NAMES = frozenset(["NN", "NNS", "NNP", "NNPS"])


@dataclass(frozen=True)
class Knowledge:
    """Normal forms. `packaged`: with the dictionaries that ship in packages."""

    lexicon: frozenset[str] = field(default=_NOTHING, repr=False)
    accepted: frozenset[str] = field(default=_NOTHING, repr=False)
    rejected: frozenset[str] = field(default=_NOTHING, repr=False)
    packaged: bool = True

    def digest(self) -> str:
        """16 hex digits that change with any word."""
        if not (self.lexicon or self.accepted or self.rejected):
            return f"{self.packaged}"
        told = hashlib.blake2b(digest_size=8)
        for words in (self.lexicon, self.accepted, self.rejected):
            for word in sorted(words):
                told.update(word.encode("utf-8", "surrogatepass") + b"\0")
            told.update(b"\1")
        return f"{self.packaged}{told.hexdigest()}"

    def holds(self, text: str, language: str) -> bool:
        """Whether a lexicon has this normal form."""
        return text in self.lexicon or (self.packaged and text in packaged_words(language))


@functools.cache
def packaged_words(language: str) -> frozenset[str]:
    """Chinese: jieba's dictionary. English: the nouns of TextBlob's, which has single words only."""
    if language == "zh":
        return frozenset(map(normal_form, chinese().words))
    rows = zip(english().words, english().tags, strict=True)
    return frozenset(normal_form(word) for word, tag in rows if tag in _NAMES)


def normal_forms(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form for word in words if (form := normal_form(word)))
