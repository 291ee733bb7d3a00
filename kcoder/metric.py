"""What turns judged programs into scores. Every score carries its count and its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.plugin import Plugin
from kcoder.records import Outcome, Record

if TYPE_CHECKING:
    import polars as pl


class Metric(Plugin):
    """Rows of one kind in, rows of Score out (without `of`, `temperature`: the stage adds them)."""

    group: ClassVar[str] = "metrics"
    of: ClassVar[type[Record]] = Outcome

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Scores per benchmark and language, columns of `records.Score`.

        Raises KcoderError, naming the problems, where the rows cannot support the number.
        """
        raise NotImplementedError
