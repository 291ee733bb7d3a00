"""Rows from a file: JSON Lines, JSON, CSV or Parquet, with guessed columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from kcoder.artifact import file_digest
from kcoder.errors import MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.source import Source

if TYPE_CHECKING:
    import polars as pl

    from kcoder.tables.columns import Columns
    from kcoder.tables.read import Table


class Files(Source):
    """A file of rows. Columns are guessed by their usual names, and what was guessed is said.

    A row keeps its id where each has one of its own; otherwise it is called FILE#NUMBER, from 1.
    """

    word: ClassVar[str | None] = "path"
    unkeyed: ClassVar[frozenset[str]] = frozenset({"path"})

    path: str = option(help=".jsonl, .ndjson, .json, .csv or .tsv, also with .gz, or .parquet", min_length=1)
    columns: dict[str, str] | None = option(
        None,
        "the file's names for question, code, language, id, path, repository, licence; guessed if not given",
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

    def world(self) -> dict[str, Any]:
        """The file's digest, read again only when the file has changed."""
        path = Path(self.path).expanduser()
        try:
            told = path.stat()
            # the name stands in the rows' ids
            return {"name": path.name, "digest": _digest(path, told.st_size, told.st_mtime_ns, told.st_ino)}
        except OSError as error:
            raise MachineLacksError(f"{path} cannot be read: {error.strerror}") from error

    def rows(self, languages: Mapping[str, float], seed: int, host: Host) -> pl.LazyFrame:
        """All rows of the wanted languages; where the file names no language all are of the one wanted.

        Raises UsageError that names file and line for whatever is wrong with the file.
        """
        import polars as pl

        from kcoder.records import Document, schema
        from kcoder.tables.columns import find_columns
        from kcoder.tables.read import read

        path = Path(self.path).expanduser()
        table = read(path)
        columns = find_columns(table.names, self.columns or {})
        host.say(f"{path.name}: read as {columns.said}")
        found = {role: table.texts(name) for role, name in columns.beside.items()}
        question, code = _dialogue(table, columns)
        if code.null_count():
            table.notes["rows without code, taken for empty"] += code.null_count()
        rows = pl.DataFrame(found | {"prompt": question, "text": code.fill_null("")})
        missing = [pl.lit(None, pl.String).alias(n) for n in schema(Document) if n not in rows.columns]
        rows = rows.with_columns(*missing).with_columns(pl.lit(path.name).alias("source"))
        rows = rows.with_columns(self._ids(rows["id"], table), pl.col("language").str.to_lowercase())
        rows = self._in_languages(rows, languages, table)
        for note, count in sorted(table.notes.items()):
            if count:
                host.say(f"{path.name}: {count:,} {note}")
        return rows.select(*Document.columns).lazy()

    def _ids(self, told: pl.Series, table: Table) -> pl.Series:
        import polars as pl

        numbers = pl.Series([f"#{number}" for number in range(1, len(told) + 1)], dtype=pl.String)
        if told.null_count() == len(told):
            return (table.path.name + numbers).alias("id")
        doubtful = ~told.is_first_distinct() | told.is_null()
        if count := int(doubtful.sum()):
            table.notes["repeated or missing ids, made unique by the row's number"] += count
        return told.zip_with(~doubtful, told.fill_null("") + numbers).alias("id")

    @staticmethod
    def _in_languages(rows: pl.DataFrame, wanted: Mapping[str, float], table: Table) -> pl.DataFrame:
        import polars as pl

        if not wanted:
            return rows
        if rows["language"].null_count() == len(rows):
            if len(wanted) > 1:
                names = ", ".join(table.names)
                raise UsageError(
                    f"{table.path}: no column names the language, and {len(wanted)} are wanted",
                    f"say columns: {{language: ...}}; there are: {names}",
                )
            table.notes[f"rows taken for {next(iter(wanted))}, since no column names the language"] += len(rows)
            return rows.with_columns(pl.lit(next(iter(wanted))).alias("language"))
        kept = rows.filter(pl.col("language").is_in(list(wanted)))
        if kept.is_empty():
            there = ", ".join(rows["language"].drop_nulls().unique().sort().to_list()[:8])
            raise UsageError(f"{table.path}: no row is in {' or '.join(wanted)}", f"there are: {there}")
        table.notes["rows in other languages left out"] += len(rows) - len(kept)
        return kept


@cache
def _digest(path: Path, size: int, changed: int, inode: int) -> str:
    return file_digest(path)


def _dialogue(table: Table, columns: Columns) -> tuple[pl.Series, pl.Series]:
    """The question, null where there is none, and the code of each row."""
    import polars as pl

    if columns.chat:
        turns = [_last_answer(chat) for chat in table.values(columns.text)]
        questions, answers = zip(*turns, strict=True)
        return pl.Series(questions, dtype=pl.String), pl.Series(answers, dtype=pl.String)
    code = table.texts(columns.text)
    if not columns.prompt:
        return pl.Series([None] * len(code), dtype=pl.String), code
    parts = [table.texts(name) for name in columns.prompt]
    if len(parts) == 1:
        return parts[0], code
    joined = ["\n".join(part for part in row if part) for row in zip(*parts, strict=True)]
    return pl.Series(joined, dtype=pl.String), code


def _last_answer(chat: Any) -> tuple[str, str | None]:
    """What the user said before the assistant's last message, and that message; null where there is none."""
    turns = [turn for turn in chat if isinstance(turn, dict)] if isinstance(chat, list) else []
    said = [(str(t.get("role", t.get("from"))), str(t.get("content", t.get("value", "")) or "")) for t in turns]
    answers = [at for at, (who, _) in enumerate(said) if who in ("assistant", "gpt", "model")]
    if not answers:
        return "\n\n".join(text for who, text in said if who in ("user", "human")), None
    before = said[: answers[-1]]
    return "\n\n".join(text for who, text in before if who in ("user", "human")), said[answers[-1]][1]
