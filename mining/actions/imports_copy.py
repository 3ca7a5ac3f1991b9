"""Values as PostgreSQL's COPY reads them in its text format."""

import re

NULL = r"\N"
HEX = r"\\x"  # before the hex digits of a bytea
_SPECIAL = re.compile(r"[\\\t\n\r\v\f\b]")
_ESCAPED = str.maketrans(
    {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\v": r"\v", "\f": r"\f", "\b": r"\b"}
)


def copied(text: str) -> str:
    """The text as one value of a line."""
    return text.translate(_ESCAPED) if _SPECIAL.search(text) else text
