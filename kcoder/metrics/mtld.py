"""MTLD of questions: how many different words they use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.metric import Metric
from kcoder.plugin import option
from kcoder.records import Document, Record, Score, frame

if TYPE_CHECKING:
    import polars as pl


class Mtld(Metric):
    """The mean of MTLD (McCarthy & Jarvis 2010) over questions, forwards and backwards.

    `question_mtld` takes questions of at least `floor` words: of a text that repeats no word MTLD is its length, so
    that of short questions it says how long they are. `question_mtld_unfloored` takes all that have a word, as P4 did.
    """

    of: ClassVar[type[Record]] = Document

    threshold: float = option(
        0.72, "type-token ratio at which a stretch of words ends", source="McCarthy & Jarvis 2010", gt=0, lt=1
    )
    floor: int = option(100, "words below which a question is left out", source="Koizumi 2012", ge=1)

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        from kcoder.scoring.intervals import mean
        from kcoder.scoring.mtld import mtld, words

        questions = rows.select("prompt").collect()["prompt"].drop_nulls()
        told = [(len(tokens), mtld(tokens, self.threshold)) for tokens in map(words, questions)]
        whole = mean(value for length, value in told if value is not None and length >= self.floor)
        every = mean(value for _, value in told if value is not None)
        if every is None:
            return frame(Score, [])
        none: dict[str, Any] = {"n": 0, "interval": f"not defined: no question has {self.floor} words"}
        return frame(
            Score,
            [
                {"metric": "question_mtld", **(whole.score() if whole else none)},
                {"metric": "question_mtld_unfloored", **every.score()},
            ],
        )
