"""Question and code spread: how far apart a sample lies in the space of an embedder (P4 §3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.metric import Metric
from kcoder.records import Document, Record, Score, frame

if TYPE_CHECKING:
    import polars as pl


class QuestionSpread(Metric):
    """`question_spread` is 1 / mean cosine over pairs of questions; `question_distance` is 1 - mean cosine.

    The formula is that of P4's text, not the one it prints (`scoring/spread.py`).
    """

    of: ClassVar[type[Record]] = Document
    needs: ClassVar[tuple[str, ...]] = ("question_vector",)

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        from kcoder.scoring.spread import FEWEST, mean_cosine

        (column,) = self.needs
        name = column.removesuffix("_vector")
        vectors = rows.select(column).collect()[column].drop_nulls()
        found = mean_cosine(vectors.to_numpy()) if len(vectors) else None
        if found is None:
            few = f"not defined: fewer than {FEWEST} rows"
            return frame(
                Score,
                [{"metric": f"{name}_{what}", "n": len(vectors), "interval": few} for what in ("spread", "distance")],
            )
        told: dict[str, Any] = {"n": found.n, "interval": "bootstrap over rows"}
        distance = {"value": 1 - found.mean, "low": 1 - found.high, "high": 1 - found.low}
        spread = found.spread()
        if spread is None:
            reciprocal = {"n": found.n, "interval": f"not defined: the mean cosine is {found.mean:.3f}, not above 0"}
        else:
            reciprocal = told | dict(zip(("value", "low", "high"), spread, strict=True))
        return frame(
            Score,
            [{"metric": f"{name}_spread", **reciprocal}, {"metric": f"{name}_distance", **told, **distance}],
        )


class CodeSpread(QuestionSpread):
    """`code_spread` and `code_distance`: the same of the rows' code."""

    needs: ClassVar[tuple[str, ...]] = ("code_vector",)
