"""Rows from a file: JSON Lines, JSON, CSV or Parquet, with guessed columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from kcoder.artifact import file_digest
from kcoder.errors import MachineLacksError, UsageError
from kcoder.plugin import option
from kcoder.source import Source, Wanted

if TYPE_CHECKING:
    import polars as pl


class Files(Source):
    """A file of rows. Columns are guessed by their usual names, and what was guessed is said.

    A row keeps its id where each has one of its own; otherwise it is called FILE#NUMBER, from 1.
    """

    revision: ClassVar[int] = 2
    word: ClassVar[str | None] = "path"
    unkeyed: ClassVar[frozenset[str]] = frozenset({"path"})

    path: str = option(help=".jsonl, .ndjson, .json, .csv or .tsv, also with .gz, or .parquet", min_length=1)
    columns: dict[str, str] | None = option(
        None,
        "the file's names for question, code, language, id, path, repository, licence, stars ...; guessed if not given",
        source="own choice",
    )

    @field_validator("path")
    @classmethod
    def _is_there(cls, path: str) -> str:
        from kcoder.tables.unpack import existing

        try:
            found = existing(path)
        except UsageError as error:
            raise PydanticCustomError("path", "{m}", {"m": error.message, "hint": error.hint}) from None
        except RuntimeError:  # ~somebody, who has no home here
            raise PydanticCustomError("path", "{m}", {"m": f"there is no file or folder {path}", "hint": ""}) from None
        if not found.is_file():  # to read a pipe or a device may never end
            hint = f"source: {{folder: {path}}}" if found.is_dir() else "write the rows into a file first"
            raise PydanticCustomError("path", "{m}", {"m": f"{path} is no regular file", "hint": hint})
        return path

    @classmethod
    def trial(cls, folder: Path) -> Files:
        (folder / "rows.jsonl").write_text('{"question": "q", "answer": "a"}\n{"question": "r", "answer": "b"}\n')
        return cls(path=str(folder / "rows.jsonl"))

    def world(self) -> dict[str, Any]:
        """The file's digest, read again only when the file has changed."""
        path = Path(self.path).expanduser()
        try:
            told = path.stat()
            # the name stands in the rows' ids
            return {"name": path.name, "digest": _digest(path, told.st_size, told.st_mtime_ns, told.st_ino)}
        except OSError as error:
            raise MachineLacksError(f"{path} cannot be read: {error.strerror}") from error

    def batches(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        """Raises UsageError that names file and line for whatever is wrong with the file."""
        from kcoder.tables.documents import Documents
        from kcoder.tables.read import read

        path = Path(self.path).expanduser()
        documents = Documents(path.name, self.columns or {}, wanted)
        notes: Counter[str] = Counter()
        for table in read(path):
            notes = table.notes
            yield documents.of(table)
        for note, count in sorted(notes.items()):
            if count:
                wanted.host.say(f"{path.name}: {count:,} {note}")


@cache
def _digest(path: Path, size: int, changed: int, inode: int) -> str:
    return file_digest(path)
