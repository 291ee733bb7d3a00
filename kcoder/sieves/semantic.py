"""Semantic duplicates: rows that mean the same, as an embedder sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from kcoder.choose import Use
from kcoder.embedder import Embedder
from kcoder.filter import Sieve, Sifted
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.similarity.visit import Order, reads, visit

if TYPE_CHECKING:
    import polars as pl

    from kcoder.similarity.cosine import Vectors
    from kcoder.similarity.greedy import Stays

#: vectors on which the recall of the partitioned search is measured
SAMPLE = 2000


class Semantic(Sieve):
    """Of rows whose vectors have a cosine above the threshold one is kept (P4 §2.3).

    `greedy` visits the rows in `order`, and a row falls where one that stays is alike: what falls is truly similar
    to the row named as its evidence. `components` keeps one row of each connected group, whose ends may be unlike.
    Up to `exact_up_to` rows every pair counts; beyond, only vectors in nearby cells are compared, and the facts say
    how many of a sample an exact search would also have found.
    """

    embedder: Use[Embedder] = option("sentence", "what turns texts into vectors", source="P4 §2.3")
    threshold: float = option(0.95, "rows fall above this cosine, not at it", source="P4 §2.3", gt=0, lt=1)
    of: Literal["question", "code", "both"] = option(
        "question", "what is embedded; the code where a row has no question", source="own choice"
    )
    order: Order = option("first", "visited first: smallest id, longest text or most stars", source="own choice")
    method: Literal["greedy", "components"] = option("greedy", "which rows fall", source="own choice")
    exact_up_to: int = option(300_000, "rows that are searched exactly", source="own choice, measured", ge=0)
    probes: int = option(32, "cells searched for each row beyond that", source="own choice, measured", ge=1)

    def drop(self, rows: pl.LazyFrame, host: Host) -> Sifted:
        import numpy as np
        import polars as pl

        from kcoder.similarity.cosine import Vectors

        told = rows.select(*reads(self.order), self._text().alias("embedded"), asked().alias("asked")).collect()
        facts = {**self.embedder.facts(), "of": self.of, "cosine": f"> {self.threshold}", "method": self.method}
        facts["without_question"] = int((~told["asked"]).sum())
        vectors = Vectors(self.embedder.embed(told["embedded"], host), visit(told, self.order))
        stays, search = self._search(vectors, host)
        falls = np.flatnonzero(stays.row != np.arange(told.height))
        ids = told["id"][vectors.order]
        cluster, cosines = ids[stays.row[falls]], stays.similarity[falls].tolist()
        evidence = [self._evidence(kept, cosine) for kept, cosine in zip(cluster, cosines, strict=True)]
        dropped = pl.DataFrame(
            {"id": ids[falls], "reason": "semantic duplicate", "evidence": evidence, "cluster": cluster},
            schema=dict.fromkeys(("id", "reason", "evidence", "cluster"), pl.String),
        )
        return Sifted(dropped.sort("id"), facts | search)

    def _text(self) -> pl.Expr:
        import polars as pl

        question, code = pl.col("prompt"), pl.col("text")
        if self.of == "code":
            return code
        whole = pl.concat_str(question, code, separator="\n") if self.of == "both" else question
        return pl.when(asked()).then(whole).otherwise(code)

    def _search(self, vectors: Vectors, host: Host) -> tuple[Stays, dict[str, Any]]:
        from kcoder.similarity.cells import Cells, recall
        from kcoder.similarity.walk import All, connected, greedy

        walk = greedy if self.method == "greedy" else connected
        if len(vectors) <= self.exact_up_to:
            return walk(vectors, self.threshold, All(len(vectors)), host.check), {"search": "exact"}
        cells = Cells(vectors, self.probes)
        stays = walk(vectors, self.threshold, cells, host.check)
        found, missed = recall(vectors, stays.row, self.threshold, SAMPLE, fallen_too=self.method == "components")
        return stays, {
            "search": "partitioned",
            "cells": len(cells.centres),
            "probes": self.probes,
            "recall": round(found / (found + missed), 4) if found + missed else None,
            "recall_on": f"{found + missed:,} rows of a sample of {min(SAMPLE, len(vectors)):,} that have to fall",
        }

    def _evidence(self, kept: str, cosine: float) -> str:
        told = f"{kept}, cosine {cosine:.3f}"
        return told if cosine > self.threshold else f"{told}, through others"


def asked() -> pl.Expr:
    """Whether a row has a question."""
    import polars as pl

    return pl.col("prompt").fill_null("") != ""
