"""Where braces open and close in code, whatever its comments and strings hold; a language says what those look like."""

from __future__ import annotations

import re

_SEEN = re.compile(r"[^\n]")
_BRACKET = re.compile(r"[(\[{}\]);]")
_SPACE = re.compile(r"\s*")
_END = re.compile(r"\s*;")


def blanked(text: str, silent: re.Pattern[str]) -> str:
    """The text with what a pattern finds, comments and strings, made blank: every other character keeps its place."""
    return silent.sub(lambda found: _SEEN.sub(" ", found[0]), text)


def level(text: str) -> int:
    """How many braces a blanked text leaves open; less than none where it closes more than it opens."""
    return text.count("{") - text.count("}")


def function(prompt: str, completion: str, silent: re.Pattern[str], definition: re.Pattern[str]) -> str:
    """The completion up to the brace that closes what the prompt opened, and the definitions that follow it there.

    `definition` matches what one begins with; it ends with its closing brace or a semicolon, or it is a `line` by that
    name and all of it. All of the completion where the prompt opens nothing, or it is never closed.
    """
    seen = blanked(prompt + completion, silent)
    end = _closed(seen, len(prompt))
    if end is None:
        return completion
    while (following := _defined(seen, end, definition)) is not None:
        end = following
    rest = re.compile(r"[ \t\r]*\n").match(seen, end)
    return completion[: (rest.end() if rest else end) - len(prompt)]


def _closed(seen: str, start: int) -> int | None:
    depth = level(seen[:start])
    if depth < 1:
        return None
    for found in re.compile(r"[{}]").finditer(seen, start):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.end()
    return None


def _defined(seen: str, start: int, definition: re.Pattern[str]) -> int | None:
    """Where a definition ends that stands next, if one does."""
    space = _SPACE.match(seen, start)
    head = definition.match(seen, space.end() if space else start)
    if head and head.groupdict().get("line"):
        return head.end()
    depth = 0
    for found in _BRACKET.finditer(seen, head.end()) if head else ():
        if found[0] == ";" and depth == 0:
            return found.end()
        if found[0] != ";":
            depth += 1 if found[0] in "([{" else -1
        if found[0] == "}" and depth == 0:
            more = _END.match(seen, found.end())
            return more.end() if more else found.end()
    return None
