"""A program's text without what its comments and strings hold, for languages that write them as C does."""

from __future__ import annotations

import re

#: comments; raw strings of C++ and Go, Java's text blocks; strings and characters, which end with their line
_PIECE = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)"
    r'|R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"|`[^`]*`|"""(?:\\.|[^\\])*?"""'
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
    re.S,
)
_SEEN = re.compile(r"[^\n]")


def bare(text: str) -> str:
    """The text with comments and the insides of strings blanked: every other character keeps its place."""
    return _PIECE.sub(_blank, text)


def uncommented(text: str) -> str:
    """The text with its comments blanked, strings as they are."""
    return _PIECE.sub(lambda found: _SEEN.sub(" ", found[0]) if found[0].startswith(("//", "/*")) else found[0], text)


def _blank(found: re.Match[str]) -> str:
    piece = found[0]
    if piece.startswith(("//", "/*")):
        return _SEEN.sub(" ", piece)
    return piece[0] + _SEEN.sub(" ", piece[1:-1]) + piece[-1]


def unclosed(text: str) -> int:
    """How many braces a text leaves open."""
    depth = 0
    for found in re.finditer(r"[{}]", bare(text)):
        depth += 1 if found[0] == "{" else -1
    return max(0, depth)
