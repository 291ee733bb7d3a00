"""Mean complexity of the programs of each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.metric import Metric
from kcoder.records import Document, Record, Score, frame

if TYPE_CHECKING:
    import polars as pl


class Cyclomatic(Metric):
    """The mean over programs of their cyclomatic complexity, by the scorer of their language."""

    of: ClassVar[type[Record]] = Document
    needs: ClassVar[tuple[str, ...]] = ("cyclomatic",)

    def score(self, rows: pl.LazyFrame) -> pl.DataFrame:
        from kcoder.scoring.intervals import mean

        table = rows.select("language", *self.needs).collect()
        scores = []
        for (language,), group in table.drop_nulls("language").group_by("language", maintain_order=True):
            for name in self.needs:
                found = mean(group[name].drop_nulls())
                scores += [{"language": language, "metric": name, **found.score()}] if found else []
        return frame(Score, sorted(scores, key=lambda each: each["language"]))


class Halstead(Cyclomatic):
    """The means over programs of their Halstead vocabulary, length, difficulty and volume, once as `radon` counts
    Python, arithmetic and comparisons alone, and once over all tokens, as `token` counts any language.
    """

    needs: ClassVar[tuple[str, ...]] = (
        *("radon.halstead_vocabulary", "radon.halstead_length", "radon.halstead_difficulty", "radon.halstead_volume"),
        *("token.halstead_vocabulary", "token.halstead_length", "token.halstead_difficulty", "token.halstead_volume"),
    )
