"""Conditions that a test program wants to hold, in languages that look like C: which call must give which value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kcoder.expressions.bare import bare
from kcoder.expressions.literal import NoLiteralError, Words, read
from kcoder.expressions.scan import closing, split
from kcoder.expressions.spoken import Edit

_NOT = re.compile(r"!(?!=)|not\b")


@dataclass(frozen=True)
class Statement:
    """An assertion that is a statement: where it stands, with its semicolon, and what is in its brackets.

    `once`: it is executed exactly one time, unless the program ends before.
    """

    start: int
    end: int
    inner: str
    once: bool

    def replaced(self, text: str, *said: tuple[str, Any]) -> Edit:
        return Edit(self.start, self.end, text, said)


def statements(text: str, opening: str, body: tuple[int, int], semicolons: bool = True) -> list[Statement]:
    """The statements that begin with `opening`, a regular expression up to and with the bracket.

    `body` is where the function lies whose statements at the outermost level are executed once. Without semicolons a
    statement begins a line. Raises ValueError where a bracket is not closed.
    """
    return list(_statements(text, opening, body, semicolons))


def _statements(text: str, opening: str, body: tuple[int, int], semicolons: bool) -> Iterator[Statement]:
    seen = bare(text)
    ends, before = (r"\s*;", tuple(";{}")) if semicolons else ("", tuple("\n;{}"))
    for found in re.finditer(opening, seen):
        end = closing(seen, found.end() - 1)
        ended = re.compile(ends).match(seen, end + 1)
        if not ended:
            continue
        inside = seen[body[0] : found.start()]
        outermost = body[0] <= found.start() < body[1] and inside.count("{") == inside.count("}")
        begins = seen[: found.start()].rstrip(None if semicolons else " \t")[-1:] in before
        yield Statement(found.start(), ended.end(), text[found.end() : end], outermost and begins)


def body(text: str, head: str) -> tuple[int, int]:
    """Where the inside of a function lies whose head, up to and with the brace, this regular expression finds.

    Raises ValueError where there is none.
    """
    seen = bare(text)
    found = re.search(head, seen)
    if not found:
        raise ValueError("there is no such function")
    return found.end(), closing(seen, found.end() - 1)


def compared(condition: str, words: Words, equal: str = "", quotes: str = "\"'") -> tuple[str, Any] | None:
    """An expression and the value it must have; None where no literal is compared with.

    `equal` is a regular expression for functions and methods that compare two values: `f(a, b)`, `a.f(b)`.
    """
    condition = _unwrapped(condition, quotes)
    for pair in (_equated(condition, quotes), _called(condition, equal, quotes) if equal else None):
        if pair is None:
            continue
        for call, literal in (pair, pair[::-1]):
            try:
                return call, read(literal, words)
            except (NoLiteralError, ValueError):
                continue
    if negated := _NOT.match(condition):
        call = _unwrapped(condition[negated.end() :], quotes)
        return (call, False) if _one_call(call, quotes) else None
    return (condition, True) if _one_call(condition, quotes) else None


def _unwrapped(condition: str, quotes: str) -> str:
    """The condition without brackets around the whole of it."""
    condition = condition.strip()
    while condition.startswith("(") and closing(condition, 0, quotes) == len(condition) - 1:
        condition = condition[1:-1].strip()
    return condition


def _equated(condition: str, quotes: str) -> tuple[str, str] | None:
    pieces = split(condition, "==", quotes)
    return (pieces[0], pieces[1]) if len(pieces) == 2 else None


def _called(condition: str, equal: str, quotes: str) -> tuple[str, str] | None:
    """The two values of `f(a, b)` or `a.f(b)`, where that is all."""
    for found in re.finditer(rf"(?P<of>\.)?\b(?:{equal})\s*\(", bare(condition)):
        if closing(condition, found.end() - 1, quotes) != len(condition) - 1:
            continue
        pieces = split(condition[found.end() : -1], ",", quotes)
        if found["of"] and found.start() and len(pieces) == 1:
            return condition[: found.start()], pieces[0]
        if not found["of"] and not found.start() and len(pieces) == 2:
            return pieces[0], pieces[1]
    return None


def _one_call(text: str, quotes: str) -> bool:
    """Whether a text is a call, of a chain of calls perhaps, without an operator outside of its brackets."""
    outside, place = "", 0
    while place < len(text):
        if text[place] in "([":
            place = closing(text, place, quotes)
            outside += "()"
        else:
            outside += text[place]
        place += 1
    return bool(re.fullmatch(r"[A-Za-z_][\w.:]*(\s*\(\)[\w.:]*)+", outside))
