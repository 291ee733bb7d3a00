"""How many holes in documents were filled with exactly what stood there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.estimates import wilson
from kcoder.metric import Metric
from kcoder.records import Fill, Record, Score, frame

if TYPE_CHECKING:
    import polars as pl


class ExactMatch(Metric):
    """The share of holes whose filling is what stood there; white space at the end of lines, and empty lines at the
    end, are left out of both.

    One filling of each hole; Wilson's interval.
    """

    of: ClassVar[type[Record]] = Fill

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        table = rows.select("language", "expected", "text").collect()
        scores = []
        for (language,), group in sorted(
            table.group_by("language", maintain_order=True), key=lambda each: str(each[0][0])
        ):
            matched = sum(plain(one) == plain(other) for one, other in group.select("expected", "text").iter_rows())
            low, high = wilson(matched, group.height)
            told = {"value": matched / group.height, "low": low, "high": high, "k": matched, "n": group.height}
            scores.append({"language": language, "metric": "exact_match", "interval": "wilson", "samples": 1} | told)
        return frame(Score, scores)


def plain(text: str) -> str:
    """A text without white space at the ends of its lines and at its own."""
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip()
