"""Complexity of the languages radon does not read, as lizard counts it from tokens."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from kcoder.scorer import Scorer

#: our names of the languages lizard reads, with the file ending by which it chooses its reader
ENDINGS = {
    "c": "c",
    "cpp": "cpp",
    "csharp": "cs",
    "erlang": "erl",
    "fortran": "f90",
    "go": "go",
    "java": "java",
    "javascript": "js",
    "kotlin": "kt",
    "lua": "lua",
    "perl": "pl",
    "php": "php",
    "python": "py",
    "r": "r",
    "ruby": "rb",
    "rust": "rs",
    "scala": "scala",
    "solidity": "sol",
    "swift": "swift",
    "typescript": "ts",
    "zig": "zig",
}


class Lizard(Scorer):
    """Decision points of each function and 1. Lizard does not parse: a text that is no program has no functions.

    A comment that asks lizard to forgive a function, or names generated code, is obeyed: that function is left out.
    """

    values: ClassVar[Mapping[str, str]] = {
        "cyclomatic": "mean over functions; 1 where there are none",
        "cyclomatic_max": "the most complex function; 1 where there are none",
        "cyclomatic_sum": "over all functions; 0 where there are none",
        "functions": "functions and methods, nested ones too",
    }
    languages: ClassVar[frozenset[str] | None] = frozenset(ENDINGS)

    def score(self, program: str, language: str) -> Mapping[str, float | None] | None:
        """None where lizard gives up on the program, or does not read the language."""
        found = _functions(program, language)
        if found is None:
            return None
        each = [float(function.cyclomatic_complexity) for function in found]
        return {
            "cyclomatic": sum(each) / len(each) if each else 1.0,
            "cyclomatic_max": max(each, default=1.0),
            "cyclomatic_sum": float(sum(each)),
            "functions": float(len(each)),
        }

    def functions(self, program: str, language: str) -> list[dict[str, Any]]:
        """Every function with its name, first line and complexity; empty where nothing can be read."""
        return [
            {
                "function": each.name,
                "line": each.start_line,
                "cyclomatic": float(each.cyclomatic_complexity),
            }
            for each in _functions(program, language) or ()
        ]


@lru_cache(maxsize=1)  # who asks for the functions has often just asked for the score
def _functions(program: str, language: str) -> list[Any] | None:
    from lizard import analyze_file

    if language not in ENDINGS or "\0" in program:
        return None
    told = io.StringIO()
    try:
        # it swallows a RecursionError, says so on stderr and returns the part it had read
        with contextlib.redirect_stderr(told):
            found = analyze_file.analyze_source_code(f"program.{ENDINGS[language]}", program)
    except Exception:  # a reader of 21 languages by hand-written states: what it raises on broken ones has no pattern
        return None
    return None if told.getvalue() else list(found.function_list)
