"""Assertions of a test program, each a call compared with a literal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from kcoder.expressions.literal import Words, read
from kcoder.expressions.scan import closing, split

#: how an assertion names the two: `(call, literal)`, `(literal, call)`, `(call == literal)`
Order = Literal["call, literal", "literal, call", "call == literal"]


@dataclass(frozen=True)
class Assertion:
    """Where it stands in the text, from its first character to the one after its end, and what it compares."""

    start: int
    end: int
    call: str
    expected: Any


def assertions(text: str, opening: str, order: Order, words: Words, quotes: str = "\"'`") -> list[Assertion]:
    """Every assertion that begins with `opening`, a regular expression up to and with the bracket.

    Raises NoLiteralError (a ValueError) where one compares with anything but a literal, ValueError where a bracket
    is not closed.
    """
    return list(_found(text, opening, order, words, quotes))


def _found(text: str, opening: str, order: Order, words: Words, quotes: str) -> Iterator[Assertion]:
    place = 0
    pattern = re.compile(opening)
    while found := pattern.search(text, place):
        bracket = found.end() - 1
        end = closing(text, bracket, quotes)
        inner = text[bracket + 1 : end]
        pieces = split(inner, "==" if order == "call == literal" else ",", quotes)
        if len(pieces) < 2:
            raise ValueError(f"nothing is compared in {inner[:40]!r}")
        call, literal = (pieces[-1], pieces[0]) if order == "literal, call" else (pieces[0], pieces[1])
        yield Assertion(found.start(), end + 1, call, read(literal, words))
        place = end + 1
