"""What every figure counts, in the words of the scorers and metrics that made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kcoder.metric import Metric
from kcoder.plugin import load, name_of


def definitions(told: Iterable[Mapping[str, Any]], metrics: Sequence[Metric]) -> dict[str, dict[str, str]]:
    """Of each scorer that was used what each of its values counts; of each metric what it is."""
    scorers = sorted({scorer for each in told for code in each["code"] for scorer in code["scorers"]})
    values = {name: dict(load("scorers", name).values) for name in scorers}
    return values | {"metrics": {name_of(each): _first_paragraph(type(each).__doc__) for each in metrics}}


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].replace("`", "").split())
