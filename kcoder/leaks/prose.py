"""The parts of a problem's prompt: what it says, and the head of the function that is to be written."""

from __future__ import annotations

import re

from kcoder.leaks.tokens import Marks, kind, pattern

#: fewer letters than this are no statement of a problem
LEAST = 20


def prose(prompt: str, marks: Marks) -> str:
    """Its comments and docstrings, or all of it where it has none, without sessions of the interpreter.

    Copies change the examples in such sessions, or leave them out.
    """
    told = "\n".join(_comments(prompt, marks))
    if sum(map(str.isalpha, told)) < LEAST:
        told = prompt
    return re.sub(r"(?m)^.*>>>.*\n?.*\n?", "", told)


def head(prompt: str, marks: Marks) -> str:
    """The last line of its code; empty for a prompt without comments, which may be a question and no code."""
    if not any(_comments(prompt, marks)):
        return ""
    spaced = re.finditer(rf"{pattern(marks)}|\s+", prompt)
    code = "".join(each[0] for each in spaced if kind(each[0], marks) != "passage")
    lines = [line for line in code.splitlines() if line.strip()]
    return f"{lines[-1]}\n" if lines else ""


def _comments(prompt: str, marks: Marks) -> list[str]:
    found = (each[0] for each in re.finditer(pattern(marks), prompt))
    return [token for token in found if kind(token, marks) == "passage"]
