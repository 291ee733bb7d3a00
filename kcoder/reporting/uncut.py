"""What completions score as they stand, beside what they score cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kcoder.records import CUT_LESS_UNCUT, UNCUT
from kcoder.reporting import find
from kcoder.reporting.markup import Markup, tag
from kcoder.reporting.numbers import measured, scored
from kcoder.reporting.tables import unbroken

Row = Mapping[str, Any]

#: for a caption
WORDS = " Uncut: the same completions run as they stand, and what the cut is worth in points, paired by problem."


def beside(told: Row, model: str, language: str) -> Markup | None:
    """A model's main score uncut, and what the cut is worth; None where nothing was run uncut."""
    if not told["main"]:
        return None
    metric = told["main"]["metric"]
    uncut, worth = (
        find.score({**told, "main": {**told["main"], "metric": metric + name}}, model, language)
        for name in (UNCUT, CUT_LESS_UNCUT)
    )
    if not uncut or not worth:
        return None
    return tag(
        "div", "uncut ", unbroken(scored(uncut)), " the cut is worth ", unbroken(measured(worth)), class_="change"
    )


def there(told: Row) -> bool:
    """Whether the main score is told uncut."""
    return any(row["metric"] == told["main"]["metric"] + UNCUT for row in told["scores"])
