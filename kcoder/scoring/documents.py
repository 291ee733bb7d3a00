"""Every metric of documents, a stranger's too, asked of one data set."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from kcoder.errors import UsageError
from kcoder.metric import VECTORS, Metric
from kcoder.plugin import load, names
from kcoder.records import Document, Score, schema


def document_metrics() -> tuple[list[Metric], list[str]]:
    """The metrics of documents that can be made without options, and what is wrong with those that cannot be loaded."""
    found, broken = [], []
    for name in names("metrics"):
        try:
            metric = load("metrics", name)
        except UsageError as error:
            broken.append(error.message)
            continue
        plugin = metric() if isinstance(metric, type) else metric
        if plugin.of is Document:
            found.append(plugin)
    return found, broken


def scores(rows: pl.DataFrame, metrics: list[Metric]) -> pl.DataFrame:
    """Rows of Score. A metric of which no vectors were made is not asked."""
    types = schema(Score)
    told = [metric.score(rows.lazy()) for metric in metrics if _can_be_asked(metric, rows)]
    whole = [_complete(each) for each in told]
    return pl.concat(whole) if whole else pl.DataFrame(schema=types)


def needed(metrics: list[Metric]) -> list[str]:
    """The measures that any of them reads, vectors apart."""
    return list(dict.fromkeys(need for metric in metrics for need in metric.needs if need not in VECTORS))


def _can_be_asked(metric: Metric, rows: pl.DataFrame) -> bool:
    return all(need in rows.columns for need in metric.needs)


def _complete(told: pl.DataFrame) -> pl.DataFrame:
    types = schema(Score)
    missing = _missing(told, types)
    return told.with_columns(missing).select(*types).cast(dict(types.items()))


def _missing(told: pl.DataFrame, types: dict[str, pl.DataType]) -> Iterator[pl.Expr]:
    for name, kind in types.items():
        if name not in told.columns:
            yield pl.lit(None, kind).alias(name)
