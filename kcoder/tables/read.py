"""A file of rows as a table whose columns are read by name, whatever its format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from kcoder.errors import UsageError
from kcoder.tables.csv_rows import csv_rows
from kcoder.tables.json_rows import Row, json_array, json_lines
from kcoder.tables.unpack import unpack

#: the formats by file name ending; each but Parquet may be packed with gzip
FORMATS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")


@dataclass(frozen=True)
class Table:
    """A file's rows. `notes` count what was mended on the way, in words."""

    path: Path
    names: tuple[str, ...]
    height: int
    held: list[Row] | None
    notes: Counter[str] = field(default_factory=Counter)

    def values(self, name: str) -> list[Any]:
        """A column as Python values; None where a row has none."""
        if self.held is None:
            return self._stored(name).to_list()
        return [row.get(name) for row in self.held]

    def texts(self, name: str) -> pl.Series:
        """A column as text: numbers as they are written, lists and objects as JSON."""
        if self.held is None and not (stored := self._stored(name)).dtype.is_nested():
            return stored.cast(pl.String)
        values = self.values(name)
        structures = sum(isinstance(each, list | dict) for each in values)
        if structures:
            self.notes[f"lists or objects in {name} written as JSON"] += structures
        return pl.Series(name, [_text(each) for each in values], dtype=pl.String)

    def _stored(self, name: str) -> pl.Series:
        with _legible(self.path):
            return pl.read_parquet(self.path, columns=[name]).to_series()


def read(path: Path) -> Table:
    """The table in this file. Raises UsageError with file and line for whatever is wrong with it."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a file of rows")
    kind = next((s for s in reversed(path.suffixes) if s != ".gz"), "")
    if kind not in FORMATS:
        ending = f"ends in {kind}" if kind else "has no ending"
        raise UsageError(f"{path} {ending}, which says no format of rows", f"known: {' '.join(FORMATS)}")
    if kind == ".parquet":
        return _parquet(path)
    notes: Counter[str] = Counter()
    data = unpack(path, notes)
    if kind in (".csv", ".tsv"):
        rows: list[Row] = [dict(row) for row in csv_rows(path, data)]
    else:
        rows = (json_array if kind == ".json" else json_lines)(path, data, notes)
    # a key that comes late is a column like any other
    names = tuple(dict.fromkeys(key for row in rows for key in row))
    return Table(path, names, len(rows), rows, notes)


def _parquet(path: Path) -> Table:
    with _legible(path):
        schema = pl.read_parquet_schema(path)
        height = pl.scan_parquet(path).select(pl.len()).collect().item()
    if not height:
        raise UsageError(f"{path} is empty", "it holds no rows at all")
    return Table(path, tuple(schema), height, None)


@contextmanager
def _legible(path: Path) -> Iterator[None]:
    """Turns what polars says of a damaged Parquet file into a direction."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        raise UsageError(f"{path} is no whole Parquet file: {reason}", "fetch it again") from error


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
