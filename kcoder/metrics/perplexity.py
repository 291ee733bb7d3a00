"""Perplexity and bits per byte of a model on documents."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.estimates import DRAWS
from kcoder.metric import Metric
from kcoder.records import Record, Score, TokenLoss, frame

if TYPE_CHECKING:
    import polars as pl


class Perplexity(Metric):
    """exp(sum of -ln p / tokens), over all tokens of a language. Of models with one tokenizer only: a token is not the
    same amount of text in another."""

    of: ClassVar[type[Record]] = TokenLoss
    name: ClassVar[str] = "perplexity"
    unit: ClassVar[str] = "perplexity"
    per: ClassVar[str] = "tokens"

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        import polars as pl

        table = rows.select("id", "language", "nats", self.per).filter(pl.col(self.per) > 0).sort("id").collect()
        scores: list[dict[str, Any]] = []
        for (language,), group in sorted(
            table.group_by("language", maintain_order=True), key=lambda each: str(each[0][0])
        ):
            told = {"language": language, "metric": self.name, "unit": self.unit, "n": group.height}
            scores.append(told | self._told(group["nats"].to_list(), group[self.per].to_list()))
        return frame(Score, scores)

    def value(self, rate: float) -> float:
        """The score, from nats for each token or byte."""
        return math.exp(rate)

    def _told(self, nats: list[float], counts: list[int]) -> dict[str, Any]:
        """The value with the middle 95 % of the values of documents drawn again with replacement."""
        import numpy as np

        value = self.value(math.fsum(nats) / sum(counts))
        if len(nats) < 2:
            return {"value": value, "interval": "none: one document"}
        lost, size = np.asarray(nats), np.asarray(counts, dtype=np.float64)
        draw = np.random.default_rng(0)
        rates = np.empty(DRAWS)
        for at in range(DRAWS):  # one by one: all draws of 10,000 documents at once would take gigabytes
            drawn = draw.integers(0, len(lost), size=len(lost))
            rates[at] = lost[drawn].sum() / size[drawn].sum()
        low, high = (self.value(float(rate)) for rate in np.percentile(rates, [2.5, 97.5]))
        return {"value": value, "low": low, "high": high, "interval": "bootstrap over documents"}


class BitsPerByte(Perplexity):
    """Sum of -log2 p / UTF-8 bytes: comparable across tokenizers, since a byte is a byte."""

    name: ClassVar[str] = "bits_per_byte"
    unit: ClassVar[str] = "bits per byte"
    per: ClassVar[str] = "bytes"

    def value(self, rate: float) -> float:
        return rate / math.log(2)
