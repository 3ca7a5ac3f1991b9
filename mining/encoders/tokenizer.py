"""A tokenizer of the corpus's own: single Chinese characters, and word pieces of everything else."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PAD, UNKNOWN, BEGIN, END, MASK = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
# A character that occurs less often teaches the model nothing and becomes [UNK].
LEAST_OCCURRENCES = 2
ENOUGH_WORDS = 3_000_000  # fed to the trainer


def train_tokenizer(texts: Iterable[str], *, vocabulary: int) -> "Tokenizer":
    """BERT's tokenizer (normaliser, pieces, [CLS] and [SEP] around), trained on the texts.

    The same texts in the same order give the same tokenizer: the characters it starts from are chosen
    here, most frequent first and ties by code point, for the trainer would break ties by chance.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

    def like_bert(model: models.WordPiece) -> Tokenizer:
        made = Tokenizer(model)
        made.normalizer = normalizers.BertNormalizer(lowercase=True)
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        made.decoder = decoders.WordPiece()
        return made

    tokenizer = like_bert(models.WordPiece(unk_token=UNKNOWN))
    words, seen = _words(texts, tokenizer)
    # A character within a word is another piece (“##a”) than at its beginning; both need room.
    room = max(vocabulary - len(SPECIAL), 1)
    characters = [character for character, number in _by_number(seen) if number >= LEAST_OCCURRENCES]
    han = [character for character in characters if _is_alone(character)]
    # A quarter of the room at most for the others, each of them twice; what is left over is for pieces.
    others = [character for character in characters if not _is_alone(character)][: room // 8]
    alphabet = [*others, *han[: max(room - 2 * len(others), 0)]]
    allowed = set(alphabet)
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary,
        min_frequency=LEAST_OCCURRENCES,
        # The trainer numbers characters within words as it happens upon them, and ties go by number.
        special_tokens=[*SPECIAL, *sorted(f"##{character}" for character in others)],
        initial_alphabet=sorted(alphabet),
        limit_alphabet=len(alphabet),
        show_progress=False,
    )

    usable = [
        (word, number)
        for word, number in _by_number(words)
        if number >= LEAST_OCCURRENCES and len(word) > 1 and all(character in allowed for character in word)
    ]
    tokenizer.train_from_iterator(_repeated(usable), trainer)
    tokenizer = like_bert(models.WordPiece(tokenizer.get_vocab(), unk_token=UNKNOWN))
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A {END}",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in (BEGIN, END)],
    )
    return tokenizer


def _words(texts: Iterable[str], tokenizer: "Tokenizer") -> tuple[Counter[str], Counter[str]]:
    """How often each word occurs as BERT splits them, and how often each character."""
    words: Counter[str] = Counter()
    for text in texts:
        normal = tokenizer.normalizer.normalize_str(text)
        words.update(word for word, _span in tokenizer.pre_tokenizer.pre_tokenize_str(normal))
    seen: Counter[str] = Counter()
    for word, number in words.items():
        for character in word:
            seen[character] += number
    return words, seen


def _repeated(words: list[tuple[str, int]]) -> Iterator[str]:
    """Each word as often as it occurs, for the trainer takes no counts; a large corpus in proportion."""
    scale = max(sum(number for _word, number in words) / ENOUGH_WORDS, 1)
    for word, number in words:
        for _ in range(max(round(number / scale), 1)):
            yield word


def _by_number(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _is_alone(character: str) -> bool:
    """A character that is always a word by itself, as BERT's normaliser has it: a Chinese one."""
    return any(low <= ord(character) <= high for low, high in _HAN)


_HAN = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip
