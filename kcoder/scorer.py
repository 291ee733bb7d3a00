"""What measures the complexity of one program.

class Lines(Scorer):
    values = {"lines": "lines of the program"}

    def score(self, program, language):
        return {"lines": float(program.count("\\n"))}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kcoder.plugin import Plugin


class Scorer(Plugin):
    """Named variants of the same measures: `radon`, `token` and `lizard` count differently, and say so."""

    group: ClassVar[str] = "scorers"
    #: every value with what it counts
    values: ClassVar[Mapping[str, str]] = {}
    #: the languages it reads; None reads all
    languages: ClassVar[frozenset[str] | None] = None

    def score(self, program: str, language: str) -> Mapping[str, float | None] | None:
        """The values of one program, None for one that is not defined (a division by zero).

        None instead of all values where the program cannot be read: it does not parse, nests too deep, or breaks
        the scorer. Never raises for what a program holds.
        """
        raise NotImplementedError

    def functions(self, program: str, language: str) -> list[dict[str, Any]]:
        """The same for each function of a program, with its name as `function` and its first line as `line`.

        Empty where the program cannot be read, and for a scorer that does not look at functions.
        """
        return []
