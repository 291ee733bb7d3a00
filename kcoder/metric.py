"""What turns rows into scores: judged programs, or documents. Every score carries its count and its interval.

class Questions(Metric):
    of = Document

    def score(self, rows):
        lengths = rows.select(pl.col("prompt").drop_nulls().str.len_chars()).collect().to_series()
        return frame(Score, [{"metric": "question_characters", **mean(lengths).score()}])

A metric of documents that is installed is asked by `kcoder dataset-stats` too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.plugin import Plugin
from kcoder.records import Outcome, Record

if TYPE_CHECKING:
    import polars as pl

#: unit vectors of a sample of the rows, null in the others: columns that a metric may need beside measures of rows
VECTORS = ("question_vector", "code_vector")


class Metric(Plugin):
    """Rows of one kind in, rows of Score out (without `of`, `temperature`: the stage adds them)."""

    group: ClassVar[str] = "metrics"
    of: ClassVar[type[Record]] = Outcome
    #: of documents: what `score` reads as columns beside theirs, measures of rows (`measures.py`) and VECTORS.
    #: Measures of a program are null where it is no real code; a metric whose vectors nobody made is not asked.
    needs: ClassVar[tuple[str, ...]] = ()

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Scores per benchmark and language, columns of `records.Score`.

        Scores of outcomes are shares of one; scores of documents are in the unit of what they measure, and what is
        said of all rows, whatever their language, names none. A value that is not defined is null, and `interval` says
        why. Raises KcoderError, naming the problems, where the rows cannot support the number.
        """
        raise NotImplementedError
