"""A file of rows, some thousands at a time, whose columns are read by name, whatever its format.

JSON Lines, CSV and Parquet never stand in memory whole; an array in a .json file does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from kcoder.errors import UsageError
from kcoder.tables.csv_rows import csv_rows
from kcoder.tables.json_rows import Row, json_array, json_lines
from kcoder.tables.unpack import empty, lines, whole

#: the formats by file name ending; each but Parquet may be packed with gzip
FORMATS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")


#: rows that are read together, and bytes after which there are enough
ROWS, BYTES = 4096, 64 << 20


@dataclass(frozen=True)
class Table:
    """Some rows of a file. `names` are the columns met so far; `notes` count what was mended on the way, in words."""

    path: Path | str
    names: tuple[str, ...]
    height: int
    held: list[Row] | pl.DataFrame
    notes: Counter[str] = field(default_factory=Counter)

    def values(self, name: str) -> list[Any]:
        """A column as Python values; None where a row has none."""
        if isinstance(self.held, pl.DataFrame):
            return self.held[name].to_list()
        return [row.get(name) for row in self.held]

    def texts(self, name: str) -> pl.Series:
        """A column as text: numbers as they are written, lists and objects as JSON."""
        if isinstance(self.held, pl.DataFrame) and not self.held[name].dtype.is_nested():
            return self.held[name].cast(pl.String)
        values = self.values(name)
        structures = sum(isinstance(each, list | dict) for each in values)
        if structures:
            self.notes[f"lists or objects in {name} written as JSON"] += structures
        return pl.Series(name, [_text(each) for each in values], dtype=pl.String)


def read(path: Path) -> Iterator[Table]:
    """The rows of this file, in order. Raises UsageError with file and line for whatever is wrong with it."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a file of rows")
    kind = next((s for s in reversed(path.suffixes) if s != ".gz"), "")
    if kind not in FORMATS:
        ending = f"ends in {kind}" if kind else "has no ending"
        raise UsageError(f"{path} {ending}, which says no format of rows", f"known: {' '.join(FORMATS)}")
    if kind == ".parquet":
        yield from _parquet(path)
        return
    notes: Counter[str] = Counter()
    rows: Iterable[Row]
    if kind in (".csv", ".tsv"):
        rows = csv_rows(path, lines(path, notes))
    elif kind == ".json":
        rows = json_array(path, whole(path, notes), notes)
    else:
        rows = json_lines(path, lines(path, notes), notes)
    names: dict[str, None] = {}
    for chunk in _chunks(rows):
        # a key that comes late is a column like any other
        names |= dict.fromkeys(key for row in chunk for key in row)
        yield Table(path, tuple(names), len(chunk), chunk, notes)


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(chunk) == ROWS or size > BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _parquet(path: Path) -> Iterator[Table]:
    import pyarrow.parquet as pq

    with _legible(path):
        file = pq.ParquetFile(path)
        if not file.metadata.num_rows:
            raise empty(path)
        for batch in file.iter_batches(ROWS):
            held = pl.DataFrame(pl.from_arrow(batch))
            yield Table(path, tuple(held.columns), held.height, held)


@contextmanager
def _legible(path: Path) -> Iterator[None]:
    """Turns what polars says of a damaged Parquet file into a direction."""
    try:
        yield
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        raise UsageError(f"{path} is no whole Parquet file: {reason}", "fetch it again") from error


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
