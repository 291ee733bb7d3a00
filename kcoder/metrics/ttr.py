"""The type-token ratio of questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.metric import Metric
from kcoder.records import Document, Record, Score, frame

if TYPE_CHECKING:
    import polars as pl


class TypeTokenRatio(Metric):
    """The mean over questions of distinct words over words. It falls with length: compare sets of equal length only."""

    of: ClassVar[type[Record]] = Document

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        from kcoder.scoring.intervals import mean
        from kcoder.scoring.mtld import type_token_ratio, words

        questions = rows.select("prompt").collect()["prompt"].drop_nulls()
        ratios = (type_token_ratio(words(question)) for question in questions)
        found = mean(ratio for ratio in ratios if ratio is not None)
        return frame(Score, [{"metric": "question_ttr", **found.score()}] if found else [])
