"""CSV with a header into rows of text, with the line of whatever is wrong."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from kcoder.errors import UsageError
from kcoder.tables.unpack import not_utf8, nul_byte


def csv_rows(path: Path, lines: Iterable[tuple[int, bytes]]) -> Iterator[dict[str, str]]:
    """One row for each record below the header. Raises UsageError with file:line."""
    csv.field_size_limit(sys.maxsize)  # the default refuses a file of more than 128 kB in a field
    reader = csv.reader(_decoded(path, lines), delimiter=_delimiter(path), strict=True)
    found = False
    try:
        header = next(reader)
        if twice := {name for name in header if header.count(name) > 1}:
            raise UsageError(f"{path}:1: two columns are called {min(twice)!r}", "rename one of them")
        for row in reader:
            if row and len(row) != len(header):
                message = f"{path}:{reader.line_num}: {len(row)} fields where the header has {len(header)}"
                raise UsageError(message, "a field that holds commas or newlines needs quotes around it")
            if row:
                found = True
                yield dict(zip(header, row, strict=True))
    except csv.Error as error:
        hint = "is a quote left open?"
        raise UsageError(f"{path}:{reader.line_num}: not valid CSV: {error}", hint) from error
    if not found:
        raise UsageError(f"{path} has a header and no rows")


def _decoded(path: Path, lines: Iterable[tuple[int, bytes]]) -> Iterator[str]:
    for number, raw in lines:
        if b"\0" in raw:
            raise nul_byte(path, number)
        try:
            yield raw.decode()
        except UnicodeDecodeError as error:
            raise not_utf8(path, number, error) from error


def _delimiter(path: Path) -> str:
    return "\t" if ".tsv" in path.suffixes else ","
