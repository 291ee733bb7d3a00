"""The Vendi score of questions and of code: how many different things a sample holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.metric import VECTORS, Metric
from kcoder.records import Document, Record, Score, frame

if TYPE_CHECKING:
    import polars as pl


class Vendi(Metric):
    """exp of the entropy of the eigenvalues of K/n, K the cosines (Friedman & Dieng 2023).

    It grows with n: compare samples of equal size. There is no interval: rows drawn again repeat each other, which is
    what the score counts.
    """

    of: ClassVar[type[Record]] = Document
    needs: ClassVar[tuple[str, ...]] = VECTORS

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        from kcoder.scoring.spread import vendi

        scores = []
        for column, vectors in rows.select(self.needs).collect().to_dict().items():
            told = vectors.drop_nulls()
            if len(told):
                metric = f"{column.removesuffix('_vector')}_vendi"
                value = vendi(told.to_numpy())
                scores.append({"metric": metric, "value": value, "n": len(told), "interval": "none: not a mean"})
        return frame(Score, scores)
