"""Why programs failed, in the words of `kcoder/failures.py`: counts by model, failure and cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kcoder.failures import Failure
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child
from kcoder.reporting.tables import table

if TYPE_CHECKING:
    from kcoder.reporting.gather import Model

Row = Mapping[str, Any]
ORDER = [failure.value for failure in Failure]


def counted(models: Sequence[Model]) -> Iterator[dict[str, Any]]:
    """A row for each failure and cause that a step found of a model, in the order of the closed set."""
    for model in models:
        for step, judged in model.judged.items():
            for (benchmark, name), causes in sorted(judged.failures.items()):
                place = {"model": model.name, "step": step, "benchmark": benchmark, "language": name}
                for (failure, cause), count in sorted(causes.items(), key=lambda each: _place(*each[0])):
                    yield {**place, "failure": failure, "cause": cause, "count": count}


def tables(told: Row) -> Iterator[Child]:
    """For each language of the main benchmark, failures and causes with a count for every model."""
    rows = [row for row in told["failures"] if row["benchmark"] == told["main"]["benchmark"]]
    for name in sorted({row["language"] for row in rows}):
        mine = [row for row in rows if row["language"] == name]
        shown = [m for m in told["models"] if any(row["model"] == m["name"] for row in mine)]
        body: list[list[Child]] = []
        for failure, cause in sorted({(row["failure"], row["cause"]) for row in mine}, key=lambda each: _place(*each)):
            same = [row for row in mine if (row["failure"], row["cause"]) == (failure, cause)]
            counts = (sum(row["count"] for row in same if row["model"] == model["name"]) for model in shown)
            body.append([failure, cause, *(str(count) if count else None for count in counts)])
        head = ["failure", "cause", *(model["label"] for model in shown)]
        yield table(
            f"{language(name)}: failures and their causes, as the compiler or the runtime names them", head, body
        )


def _place(failure: str, cause: str) -> tuple[int, str]:
    return ORDER.index(failure), cause
