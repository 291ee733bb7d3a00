"""A table of records written and read batch by batch: memory holds one row group, never the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from kcoder.records import Record, frame

#: rows and bytes after which a row group is written
ROWS, BYTES = 32_768, 64 << 20


@contextmanager
def writing(path: Path, kind: type[Record]) -> Iterator[Callable[[pl.DataFrame], None]]:
    """`with writing(path, Document) as write: write(rows)`. The rows have the columns of the kind, in any order."""
    oldest = pl.CompatLevel.oldest()  # newer layouts of text are not known to every reader
    held: list[pl.DataFrame] = []
    schema = frame(kind, []).to_arrow(compat_level=oldest).schema
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as file:

        def flush() -> None:
            if held:
                file.write_table(pl.concat(held).rechunk().to_arrow(compat_level=oldest).cast(schema), ROWS)
                held.clear()

        def write(rows: pl.DataFrame) -> None:
            held.append(rows.select(*kind.columns))
            if sum(r.height for r in held) >= ROWS or sum(r.estimated_size() for r in held) >= BYTES:
                flush()

        yield write
        flush()


def batches(path: Path, rows: int = 8192) -> Iterator[pl.DataFrame]:
    """The rows of a table that `writing` made, in order, as many at a time or, of long ones, a row group."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(rows, [group]):
                yield pl.DataFrame(pl.from_arrow(batch))
