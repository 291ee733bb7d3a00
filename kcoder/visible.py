"""Text of others on a terminal: what cannot be seen gets a sign, and no line runs over the edge.

Data may hold sequences that steer a terminal or write backwards; none leaves here as it came.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

SIGNS = {"\n": "⏎", "\t": "⇥   "}


def visible(text: str) -> str:
    """The text on one line: newlines as ⏎, tabs as ⇥, anything else that has no shape by its code, such as \\x1b."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else SIGNS.get(c) or c.encode("unicode_escape").decode() for c in text)


def lines(text: str, width: int) -> Iterator[str]:
    """The text made visible, line by line; those of more than `width` columns in several."""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        yield from chopped(visible(line), width)


def chopped(text: str, width: int) -> Iterator[str]:
    """The text in parts of at most `width` columns; a wide character takes two."""
    start = taken = 0
    for at, character in enumerate(text):
        columns = _columns(character)
        if taken + columns > width:
            yield text[start:at]
            start, taken = at, 0
        taken += columns
    yield text[start:]


def shortened(text: str, width: int) -> str:
    """The text made visible in at most `width` columns, with … for what is left out."""
    first, *rest = chopped(visible(text), width)
    return next(chopped(first, width - 1)) + "…" if rest else first


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
