"""`--fail-if 'near_duplicates > 1%'`: conditions on the figures of data sets, and what is said where one holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kcoder.compare import COMPARE, SIGN
from kcoder.errors import UsageError, choice

PATTERN = re.compile(rf"\s*([\w.@-]+)\s*({SIGN})\s*(-?\d+(?:\.\d+)?)\s*(%?)\s*")

#: a figure, and of how many it is a count: None for what is no count
Named = Sequence[float | None]


@dataclass(frozen=True)
class Condition:
    """A figure's name, a comparison and a number, which with % is a share of what the figure counts."""

    name: str
    compare: str
    number: float
    percent: bool

    @classmethod
    def read(cls, told: str) -> Condition:
        """Raises UsageError for what is no condition."""
        found = PATTERN.fullmatch(told)
        if not found:
            raise UsageError(f"--fail-if: {told!r} is no condition", "for example 'near_duplicates > 1%'")
        return cls(found[1], found[2], float(found[3]), bool(found[4]))

    def __str__(self) -> str:
        return f"{self.compare} {self.number:g}{' %' if self.percent else ''}"

    def found(self, data_set: str, figures: Mapping[str, Named]) -> str | None:
        """What to say where the condition holds, or where nobody can tell; None where it does not hold.

        Raises UsageError for a figure there is none of, and for a share of what is no count.
        """
        if self.name not in figures:
            raise UsageError(f"--fail-if: {data_set} has no figure {self.name}", choice(self.name, figures))
        value, of = figures[self.name]
        if self.percent and of is None:
            raise UsageError(f"--fail-if: {self.name} is no count, so no share of one", "leave the % out")
        if value is None or (self.percent and not of):
            return f"{data_set}: {self.name} is not known, so {self} cannot be told"
        measured = 100 * value / of if self.percent and of else value
        if not COMPARE[self.compare](measured, self.number):
            return None
        told = f"{measured:.3g} % ({value:,.0f} of {of:,.0f})" if self.percent and of else f"{value:,.6g}"
        return f"{data_set}: {self.name} is {told}, which is {self}"
