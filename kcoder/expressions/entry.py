"""The function that a problem is about, by its tests and by what declares it."""

from __future__ import annotations

import re

_CANDIDATE = re.compile(r"candidate\s*:?=\s*(?:method\(:)?(\w+)|\bassert\w*!?\((\w+)\(")
_DEFINED = re.compile(r"\b(?:def|fn|func)\s+(\w+)|\b(?:const|let|var)\s+(\w+)\s*=\s*\(")


def called(tests: str) -> str:
    """The function that tests call: the one they name `candidate`, or the first in an assertion."""
    found = _CANDIDATE.search(tests)
    if not found:
        raise ValueError("no test calls a function")
    return found[1] or found[2]


def under_test(solution: str, test: str) -> str:
    """The function of a solution that a test calls."""
    names = re.findall(r"(?m)^(?:def|class)\s+(\w+)", solution)
    return next((name for name in names if re.search(rf"\b{name}\(", test)), names[0] if names else called(test))


def tried(declaration: str, solution: str, tests: str) -> str:
    """The function that tests call: the last of those that a declaration and its solution define."""
    names = [one or other for one, other in _DEFINED.findall(declaration + solution)]
    called = [name for name in names if re.search(rf"\b{name}\(", tests)]
    return called[-1] if called else declared(declaration)


def declared(declaration: str) -> str:
    """The function that a declaration ends with."""
    if names := _DEFINED.findall(declaration):
        return str(names[-1][0] or names[-1][1])
    last = [line for line in declaration.splitlines() if "(" in line]
    found = re.search(r"(\w+)\s*\(", last[-1]) if last else None
    if not found:
        raise ValueError("no function is declared")
    return found[1]
