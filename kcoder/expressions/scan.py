"""Where a bracket closes and where an expression can be split, whatever strings and comments hold."""

from __future__ import annotations

from collections.abc import Iterator

_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = frozenset(_OPEN.values())


def skipped(text: str, at: int, quotes: str = "\"'`") -> int:
    """The place after the string that begins at `at`; `at` itself where none begins.

    A quote that is not closed on its line is none: Rust's lifetimes, an apostrophe.
    """
    quote = text[at]
    if quote not in quotes:
        return at
    end = at + 1
    while end < len(text) and text[end] != quote:
        if text[end] == "\n" and quote == "'":
            return at
        end += 2 if text[end] == "\\" else 1
    return end + 1 if end < len(text) else at


def closing(text: str, at: int, quotes: str = "\"'`") -> int:
    """The place of the bracket that closes the one at `at`. Raises ValueError where there is none."""
    open_brackets = []
    place = at
    while place < len(text):
        after = skipped(text, place, quotes)
        if after != place:
            place = after
            continue
        character = text[place]
        if character in _OPEN:
            open_brackets.append(_OPEN[character])
        elif character in _CLOSE:
            if not open_brackets or open_brackets.pop() != character:
                break
            if not open_brackets:
                return place
        place += 1
    raise ValueError(f"the bracket at {at} is not closed")


def split(text: str, separator: str, quotes: str = "\"'`") -> list[str]:
    """The pieces between separators that stand in no bracket and no string, trimmed. Raises ValueError as `closing`."""
    pieces, start = [], 0
    for place in _outside(text, quotes):
        if place >= start and text.startswith(separator, place):
            pieces.append(text[start:place].strip())
            start = place + len(separator)
    return [*pieces, text[start:].strip()]


def _outside(text: str, quotes: str) -> Iterator[int]:
    place = 0
    while place < len(text):
        after = skipped(text, place, quotes)
        if after != place:
            place = after
        elif text[place] in _OPEN:
            place = closing(text, place, quotes) + 1
        else:
            yield place
            place += 1
