"""Documents on a terminal: what became of them step by step, and what some of them say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from kcoder.visible import lines, shortened, visible

#: lines at the beginning and at the end of a text that are shown
HEAD, TAIL = 6, 3
#: what is told of a row before its text
ORIGIN = ("id", "language", "source", "repository", "path")


Counts = Mapping[str, Mapping[str, int]]


def funnel(steps: Counts, reasons: Counts, flagged: Counts) -> Iterator[str]:
    """The rows of each output of each step, how many of those that were left out for each reason, and how many stayed
    with each flag.
    """
    width = max(map(len, steps)) + 2
    for name, rows in steps.items():
        told = "    ".join(f"{count:,} {output}" for output, count in rows.items())
        yield f"  {name:<{width}}{told}"
        for before, after, counts in (("−", "", reasons), ("", "flagged ", flagged)):
            for reason, count in sorted(counts.get(name, {}).items(), key=lambda each: (-each[1], each[0])):
                if count:
                    yield f"  {'':<{width}}  {before}{count:,} {after}{visible(reason)}"


def reasons(table: Path) -> dict[str, int]:
    """How many rows were dropped for each reason."""
    import polars as pl

    told = pl.scan_parquet(table).group_by("reason").len().collect()
    return dict(told.iter_rows())


def dropped(table: Path, number: int, width: int) -> Iterator[str]:
    """`number` of the dropped rows: one for each reason, the most frequent first, then others as they come."""
    import polars as pl

    told = pl.scan_parquet(table).select("reason").collect().with_row_index("at")
    times = told.group_by("reason").agg(pl.len().alias("times"), pl.col("at").min())
    firsts = times.sort("times", "reason", descending=[True, False])["at"].to_list()
    others = (at for at in range(told.height) if at not in set(firsts[:number]))
    for row in _rows(table, list(islice(chain(firsts, others), number))):
        why = f"{row['reason']}: {row['evidence']}" if row["evidence"] else row["reason"]
        yield shortened(f"── {why}", width)
        yield from _document(row, width)


def documents(table: Path, number: int, width: int) -> Iterator[str]:
    """`number` rows, taken evenly from all of the table."""
    import polars as pl

    height = int(pl.scan_parquet(table).select(pl.len()).collect().item())
    wanted = [round(at * (height - 1) / max(1, number - 1)) for at in range(number)] if height else []
    for row in _rows(table, list(dict.fromkeys(wanted))):
        yield from _document(row, width)


def _rows(table: Path, wanted: list[int]) -> Iterator[dict[str, Any]]:
    """The rows at these places, one at a time: the whole table may not fit into memory."""
    import polars as pl

    for at in wanted:
        yield pl.scan_parquet(table).slice(at, 1).collect().row(0, named=True)


def _document(row: Mapping[str, Any], width: int) -> Iterator[str]:
    told = [str(row[name]) for name in ORIGIN if row[name]]
    yield shortened(f"── {'   '.join(told)}   licence {row['licence'] or 'unknown'}", width)
    for name in ("prompt", "text"):
        if row[name]:
            yield f"  {name}"
            yield from (f"    {line}" for line in _cut(list(lines(row[name], width - 4))))
    yield ""


def _cut(text: list[str]) -> list[str]:
    left = len(text) - HEAD - TAIL
    return [*text[:HEAD], f"… {left:,} more lines", *text[-TAIL:]] if left > 1 else text
