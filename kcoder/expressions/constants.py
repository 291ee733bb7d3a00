"""JSON values as constants of a program: of a type that a driver declares, with one kind for each of JSON's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kcoder.errors import UsageError


@dataclass(frozen=True)
class Constants:
    """How a language writes them: `__json::List(&[__json::Int(1)])`, `.list([.int(1)])`."""

    language: str
    prefix: str
    kinds: tuple[str, str, str, str, str, str, str]
    opening: str
    #: bits of its widest integer
    bits: int

    def of(self, value: Any) -> str:
        """Raises UsageError for what no constant of the language can hold."""
        null, truth, whole, real, text, several, named = (f"{self.prefix}{kind}" for kind in self.kinds)
        match value:
            case None:
                return null
            case bool():
                return f"{truth}({str(value).lower()})"
            case int() if -(1 << self.bits - 1) <= value < 1 << self.bits - 1:
                return f"{whole}({value})"
            case float() if value - value == 0:
                return f"{real}({value!r})"
            case str():
                return f"{text}({quoted(value)})"
            case list() | tuple():
                return f"{several}({self.opening}{', '.join(map(self.of, value))}])"
            case dict():
                pairs = (f"({quoted(str(key))}, {self.of(item)})" for key, item in value.items())
                return f"{named}({self.opening}{', '.join(pairs)}])"
        hint = f"numbers end at {self.bits} bits and are finite; texts, lists and maps hold nothing else"
        raise UsageError(f"{value!r} can be no argument of a {self.language} function", hint)


def quoted(text: str) -> str:
    """A string of Rust or Swift in which nothing but letters, digits and spaces stand for themselves: no name that is
    replaced later is found in it. What is no character becomes the sign for that."""
    known = text.encode("utf-8", "replace").decode()
    return f'"{"".join(c if c.isascii() and (c.isalnum() or c == " ") else _escape(c) for c in known)}"'


def _escape(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"
