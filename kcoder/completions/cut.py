"""From what a model wrote to a candidate: the function under test, whole and closed, and what it needs.

    cut(JAVA, prompt, text, "hasCloseElements").code

Everything else goes: mains, usage, tests and prints of the model's own, prose, what a length limit left unfinished
after the function. The raw text is the caller's to keep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kcoder.completions.braces import by_braces, closed, leading
from kcoder.completions.fences import fenced, is_prose, without_prose
from kcoder.completions.process import read_apart
from kcoder.language import Language

#: ends what a model thinks aloud before it answers
THOUGHT = "</think>"


@dataclass(frozen=True)
class Cut:
    """`code`: a whole program but for the tests.

    `how` tells what found its end: "tree", "braces", "stops" (Language.cut), "whole" (nothing, it is all there is),
    with "answer, " before it where the function was written anew or stood between fences. `fault` tells why this is no
    candidate: "empty", "refused" (prose alone), "renamed: NAME", "missing" (code without the function); else "".
    """

    code: str
    how: str
    fault: str = ""


def cut(language: Language, prompt: str, text: str, entry: str, tests: str = "") -> Cut:
    """The candidate in a text that follows a prompt, be it a completion or an answer; `entry` is the function's name.

    What the tests call beside it is kept too. Windows line ends become the language's own, which no program can tell.
    Raises MachineLacksError where the language's grammar is not installed.
    """
    prompt, text = (each.replace("\r\n", "\n").removeprefix("\ufeff") for each in (prompt, text))
    text = text.rpartition(THOUGHT)[2] or text
    if not text.strip():
        return Cut("", "whole", "empty")
    before, blocks = fenced(text)
    if not blocks and all(is_prose(line) for line in text.splitlines() if line.strip()):
        return Cut("", "whole", "refused")
    if language.syntax and (found := read_apart(language.syntax, prompt, text, entry, tests)):
        told = Cut(*found)
        if told.fault or language.parses(told.code) is not False:
            return told
        other = prompt + language.cut(prompt, text)
        return Cut(other, "stops") if language.parses(other) else told
    if codes := [block.code for block in blocks if _names(block.code, entry)]:
        return Cut(codes[0], "answer, whole")
    if blocks and not without_prose(before):
        return Cut(blocks[0].code, "answer, whole", "missing")
    return _untold(language, prompt, before if blocks else text)


def _untold(language: Language, prompt: str, text: str) -> Cut:
    """A completion that has no tree."""
    braced = by_braces(prompt, text) if not language.syntax or language.syntax.close == "}" else None
    if braced is not None:
        return Cut(braced, "braces")
    kept = language.cut(prompt, text)
    return Cut(closed(prompt, prompt + kept), "stops" if kept != text else "whole")


def uncut(prompt: str, text: str) -> Cut:
    """A completion as it stands behind its prompt. White space at its end is no part of any program."""
    return Cut((prompt + text).rstrip() + "\n", "whole")


def _names(code: str, entry: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(entry)}(?!\w)", code))


def opened(code: str, tests: str, left: int = 0) -> str:
    """The code as it goes before tests that close it themselves: without as many of its last braces as they begin with,
    less those that it has `left` open.

    MultiPL-E's tests for Java, Rust, Swift and C++ do.
    """
    for _ in range(leading(tests) - left if tests.lstrip().startswith("}") else 0):
        code = code.rstrip().removesuffix("}")
    return code
