"""What plugins that give, drop and measure rows must do, tried on a few rows that have broken such plugins before."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kcoder.embedder import Embedder
from kcoder.errors import KcoderError, MachineLacksError
from kcoder.filter import Filter, Sieve
from kcoder.host import Host
from kcoder.metric import VECTORS, Metric
from kcoder.plugin import Plugin, load
from kcoder.records import Document, Score, frame
from kcoder.scorer import Scorer
from kcoder.source import Source, Wanted

if TYPE_CHECKING:
    import polars as pl

#: texts with what has broken filters, sieves, scorers and metrics
TEXTS = (
    "",
    "def f(x):\n    return x + 1\n",
    "def f(x):\n    return x + 1\n",
    "def g(y):\r\n    with open(y) as z:\r\n        return [w for w in z if w]\r\n",
    "if (",
    "x = " + "1 + " * 3000 + "1\n",
    "été = '变量 😀 \u2028'\n",
    "(" * 300 + ")" * 300,
    "a\tb\x0c\x1a",
)


@dataclass(frozen=True)
class Finding:
    """One thing the kit looked at."""

    name: str
    ok: bool
    detail: str = ""


def tried(cls: type[Plugin], host: Host) -> Iterator[Finding]:
    """What comes of using a plugin, where the kit knows its contract and can make one of its kind."""
    kits: Mapping[type[Plugin], Callable[[Any, Host], Iterator[Finding]]] = {
        Source: _source,
        Filter: _filter,
        Sieve: _sieve,
        Metric: _metric,
        Scorer: _scorer,
        Embedder: _embedder,
    }
    kit = next((kit for contract, kit in kits.items() if issubclass(cls, contract)), None)
    if kit is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        plugin = cls.trial(Path(folder))
        if plugin is None:
            yield Finding("tried", True, "not tried: it needs options, and gives no `trial`")
            return
        try:
            yield from kit(plugin, host)
        except MachineLacksError as error:
            yield Finding("tried", True, f"not here: {error.message}"[:100])
        except KcoderError as error:
            yield Finding("tried", False, f"{error.message}: {error.hint}"[:200])
        except Exception as error:
            yield Finding("tried", False, f"{type(error).__name__}: {error}".splitlines()[0][:200])


def _rows() -> pl.DataFrame:
    rows = [{"id": f"{n}", "text": text, "language": "python", "stars": n} for n, text in enumerate(TEXTS)]
    return frame(
        Document, [{"repository_size": 1000, "prompt": "?" if n % 2 else None} | r for n, r in enumerate(rows)]
    )


def _source(source: Source, host: Host) -> Iterator[Finding]:
    json.dumps(source.world(), allow_nan=False)
    yield Finding("world", True, "can stand in a key")
    wanted, again = Wanted(host=host), Wanted(host=host)
    first, second = ([b.to_dicts() for b in source.batches(w)] for w in (wanted, again))
    yield Finding("rows", bool(sum(map(len, first))), f"{sum(map(len, first)):,}")
    rows = [row for batch in first for row in batch]
    yield Finding("columns", all(set(row) <= set(Document.columns) for row in rows), ", ".join(sorted(rows[0])))
    given = all(row.get("id") is not None and row.get("text") is not None for row in rows)
    yield Finding("id and text", given, "in every row" if given else "missing in some row")
    yield Finding("unique ids", len({row["id"] for row in rows}) == len(rows))
    same = first == second and wanted.left_out == again.left_out
    yield Finding("the same again", same, "" if same else "two readings differ")
    known = source.count()
    yield Finding("count", known in (None, len(rows)), "not known" if known is None else f"{known:,}")


def _filter(plugin: Filter, host: Host) -> Iterator[Finding]:
    import polars as pl

    rows = _rows()

    def reasons(table: pl.DataFrame) -> pl.Series:
        found: pl.DataFrame = load("stages", "filter").reasons(table, (plugin,), host)
        return found.to_series().struct.field("reason")

    there, back = reasons(rows), reasons(rows.reverse()).reverse()
    told = ", ".join(sorted(there.drop_nulls().unique())) or "drops none of them"
    yield Finding("reasons", there.dtype == pl.String and len(there) == len(rows), told)
    yield Finding("by itself", there.equals(back, null_equal=True), "each row alone decides")
    yield Finding("some row stays", there.null_count() > 0 or plugin.then == "flag")


def _sieve(plugin: Sieve, host: Host) -> Iterator[Finding]:
    rows = _rows()
    there, back = (plugin.drop(table.lazy(), host) for table in (rows, rows.reverse()))
    dropped = there.dropped
    yield Finding("columns", dropped.columns == ["id", "reason", "evidence", "cluster"], ", ".join(dropped.columns))
    stays = set(rows["id"]) - set(dropped["id"])
    whole = set(dropped["id"]) <= set(rows["id"]) and dropped["id"].is_unique().all() and bool(stays)
    yield Finding("dropped", whole, f"{dropped.height} of {rows.height} rows")
    yield Finding("clusters", set(dropped["cluster"].drop_nulls()) <= stays, "named after a row that stays")
    yield Finding("any order", dropped.sort("id").equals(back.dropped.sort("id")), "the order of rows does not matter")
    json.dumps(there.facts, allow_nan=False)


def _metric(plugin: Metric, host: Host) -> Iterator[Finding]:
    if plugin.of is not Document:
        yield Finding("tried", True, f"not tried: it scores {plugin.of.__name__}")
        return
    rows = _with_needs(_rows(), plugin, host)
    there, back = (plugin.score(table.lazy()) for table in (rows, rows.reverse()))
    yield Finding("columns", set(there.columns) <= set(Score.columns), ", ".join(there.columns))
    for row in there.iter_rows(named=True):
        value, low, high = (row.get(name) for name in ("value", "low", "high"))
        inside = value is None or ((low is None or low <= value + 1e-9) and (high is None or value <= high + 1e-9))
        counted = bool(row.get("n") is not None and row["n"] >= 0)
        yield Finding(row["metric"], inside and counted, f"{value} [{low}, {high}] n={row.get('n')}")
    yield Finding("any order", there.equals(back), "the order of rows does not matter")


def _with_needs(rows: pl.DataFrame, plugin: Metric, host: Host) -> pl.DataFrame:
    """The rows with what the metric reads beside them: measures, and vectors that need no download."""
    import polars as pl

    measures = [need for need in plugin.needs if need not in VECTORS]
    if measures:
        rows = pl.concat([rows, load("stages", "keep").measured(rows, measures, host)], how="horizontal")
    vectors = load("embedders", "hashing")().embed(rows["text"], host) if len(measures) < len(plugin.needs) else None
    named = [pl.Series(need, vectors) for need in plugin.needs if need in VECTORS and vectors is not None]
    return rows.with_columns(named)


def _scorer(plugin: Scorer, host: Host) -> Iterator[Finding]:
    language = min(plugin.languages) if plugin.languages else "python"
    scores = [plugin.score(text, language) for text in TEXTS]
    read = [s for s in scores if s is not None]
    yield Finding("reads", bool(read), f"{len(read)} of {len(TEXTS)} programs")
    yield Finding("values", all(set(s) == set(plugin.values) for s in read), ", ".join(plugin.values))
    yield Finding("the same again", scores == [plugin.score(text, language) for text in TEXTS])


def _embedder(plugin: Embedder, host: Host) -> Iterator[Finding]:
    import numpy as np
    import polars as pl

    texts = pl.Series(TEXTS)
    vectors, back = plugin.embed(texts, host), plugin.embed(texts.reverse(), host)[::-1]
    yield Finding("vectors", vectors.ndim == 2 and len(vectors) == len(TEXTS), f"{vectors.shape}")
    lengths = np.linalg.norm(vectors, axis=1)
    yield Finding("length one", bool(np.allclose(lengths[1:], 1, atol=1e-4)), f"{lengths.min():.4f} and more")
    yield Finding("any order", bool(np.allclose(vectors, back, atol=1e-4)), "a text has one vector")
    yield Finding("title", bool(plugin.title()), plugin.title())
