"""Literals of many languages as values.

`read("vec![String::from(\\"a\\")]", {"vec!": list_of, "String::from": first})` is `["a"]`. What is common is built in:
numbers with their suffixes, strings, lists, tuples, mappings, casts. A language gives its words: what a call, a
constructor or a bare name stands for.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

from kcoder.expressions.scan import closing, skipped

Words = Mapping[str, Callable[[list[Any]], Any]]


class NoLiteralError(ValueError):
    """The text is no literal this reader knows: an expression, a word without a meaning."""


def first(items: list[Any]) -> Any:
    """For words that wrap one value."""
    return items[0]


def items(items: list[Any]) -> list[Any]:
    """For words that list what they are given."""
    return list(items)


def single(value: float) -> float:
    """The nearest number of 32 bits."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


_NUMBER = re.compile(
    r"(\d[\d_]*)(\.\d[\d_]*|\.(?![\w.]))?([eE][+-]?\d+)?(L|l|n|[fFdD]\b|[ui](?:8|16|32|64|128|size)|f32|f64)?"
)
_HEX = re.compile(r"0[xX][0-9a-fA-F]+")
_WORD = re.compile(r"(?:new\s+)?[.&]?[A-Za-z_$][\w$]*(?:(?:::|\.)(?:[A-Za-z_][\w]*))*!?")
_AS_TYPE = re.compile(r"\s+as\s+")
_SEPARATORS = ("=>", ":", "=")
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "s": " ",
}
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))", re.S)


def read(text: str, words: Words) -> Any:
    """The value of a literal. Raises NoLiteralError."""
    reader = _Reader(text, words)
    value = reader.value()
    reader.space()
    if reader.at != len(text):
        raise NoLiteralError(f"no literal: {text[reader.at :][:40]!r} follows")
    return value


class _Reader:
    def __init__(self, text: str, words: Words) -> None:
        self.text, self.words, self.at = text, words, 0

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def value(self) -> Any:
        self.space()
        if self.at >= len(self.text):
            raise NoLiteralError("no literal: nothing there")
        value = self._plain()
        while (found := _WORD.match(self.text, self.at)) and found[0].startswith("."):  # "x".to_string()
            self.at = found.end()
            value = self._called(found[0], [value])
        if found := _AS_TYPE.match(self.text, self.at):  # Swift: [] as [Int]
            bracket = self.text[found.end() : found.end() + 1] in ("[", "(")
            named = re.compile(r"[\w.]+").match(self.text, found.end())
            self.at = closing(self.text, found.end()) + 1 if bracket else named.end() if named else self.at
        return value

    def _plain(self) -> Any:
        text, at = self.text, self.at
        character = text[at]
        if character == "-":
            self.at += 1
            value = self.value()
            return -value if isinstance(value, int | float) and not isinstance(value, bool) else self._refuse()
        if character in "\"'`" and (end := skipped(text, at)) != at:
            self.at = end
            return _unescaped(text[at + 1 : end - 1])
        if found := _HEX.match(text, at):
            self.at = found.end()
            return int(found[0], 16)
        if found := _NUMBER.match(text, at):
            self.at = found.end()
            return _number(found)
        if character == "(":
            return self._parenthesised()
        if character in "[{":
            return self._listed()
        if found := _WORD.match(text, at):
            self.at = found.end()
            return self._named(re.sub(r"^new\s+|^&", "", found[0]))
        return self._refuse()

    def _refuse(self) -> Any:
        raise NoLiteralError(f"no literal: {self.text[self.at :][:40]!r}")

    def _parenthesised(self) -> Any:
        """A value in brackets, a tuple, or a cast before a value."""
        end = closing(self.text, self.at)
        inner = self.text[self.at + 1 : end]
        if _is_type(inner) and self._operand_follows(end):
            self.at = end + 1
            value = self.value()
            return single(value) if inner.strip() == "float" and isinstance(value, int | float) else value
        entries = self._entries()
        return entries[0] if len(entries) == 1 and not inner.rstrip().endswith(",") else tuple(entries)

    def _operand_follows(self, end: int) -> bool:
        rest = self.text[end + 1 :].lstrip()
        return bool(rest) and (rest[0].isalnum() or rest[0] in "\"'([{-_")

    def _listed(self) -> Any:
        """`[1, 2]`, `{1, 2}`, `{"a": 1}`; a type of Go's or Swift's before its values: `[]int{1, 2}`, `[Int]()`."""
        end = closing(self.text, self.at)
        typed = re.compile(r"\s*(?:[\w.*]|\[\]|map\[|\]|interface\{\}|struct\{\})*(?=\{)").match(self.text, end + 1)
        if self.text[self.at] == "[" and typed and typed.end() < len(self.text):
            self.at = typed.end()
            return self._entries()
        if self.text[self.at] == "[" and self.text[end + 1 : end + 3] == "()":
            self.at = end + 3
            return {} if ":" in self.text[:end] else []
        return self._entries()

    def _named(self, word: str) -> Any:
        """A bare word, or one with arguments; what stands between angle brackets is a type and tells nothing."""
        if self.text.startswith("::<", self.at) or self.text.startswith("<", self.at):
            self.at = _past_angles(self.text, self.text.index("<", self.at))
            if self.text.startswith("::", self.at) and (more := _WORD.match(self.text, self.at + 2)):
                word, self.at = f"{word}::{more[0]}", more.end()
        return self._called(word, [])

    def _called(self, word: str, before: list[Any]) -> Any:
        given: list[Any] = []
        self.space()
        while self.at < len(self.text) and self.text[self.at] in "([{":
            entries = self._entries()
            given += list(entries) if isinstance(entries, list) else [entries]
        if word not in self.words:
            raise NoLiteralError(f"no literal: {word}")
        try:
            return self.words[word]([*before, *given])
        except (IndexError, TypeError, ValueError) as error:
            raise NoLiteralError(f"no literal: {word}: {error}") from error

    def _entries(self) -> Any:
        """What stands in the brackets at this place: a list, or where keys are named a mapping."""
        end = closing(self.text, self.at)
        self.at += 1
        entries: list[Any] = []
        pairs: list[tuple[Any, Any]] = []
        while True:
            self.space()
            if self.at >= end:
                break
            if self.text[self.at] == ":" and self.text[self.at + 1 : end].strip() == "":  # Swift's [:]
                self.at = end
                self.at += 1
                return {}
            key = self.value()
            self.space()
            separator = next((s for s in _SEPARATORS if self.text.startswith(s, self.at)), None)
            if separator:
                self.at += len(separator)
                pairs.append((_key(key), self.value()))
                self.space()
            else:
                entries.append(key)
            if self.at < end and self.text[self.at] not in ",;":
                self._refuse()
            self.at += 1
        self.at = end + 1
        if pairs and entries:
            self._refuse()
        return dict(pairs) if pairs else entries


def _key(key: Any) -> Any:
    """A key that can be one; Lua writes it in brackets."""
    return key[0] if isinstance(key, list) and len(key) == 1 else key


def _number(found: re.Match[str]) -> int | float:
    whole, fraction, exponent, suffix = found.groups()
    suffix = suffix or ""
    if fraction or exponent or suffix in ("f", "F", "d", "D", "f32", "f64"):
        value = float(f"{whole}{fraction or ''}{exponent or ''}".replace("_", ""))
        return single(value) if suffix in ("f", "F", "f32") else value
    return int(whole.replace("_", ""))


def _unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = found[1] or found[2] or found[3] or found[4]
        return chr(int(code, 16)) if code else _ESCAPES.get(found[5], found[5])

    return _ESCAPE.sub(character, text)


_TYPE = re.compile(r"\s*(?:const\s+)?[A-Za-z_][\w.:]*(?:<.*>)?(?:\[\]|[&*])*\s*$", re.S)


def _is_type(text: str) -> bool:
    return bool(_TYPE.match(text)) and text.strip() not in ("true", "false", "null", "nil", "None")


def _past_angles(text: str, at: int) -> int:
    depth = 0
    for place in range(at, len(text)):
        depth += {"<": 1, ">": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise NoLiteralError("no literal: a < is not closed")
