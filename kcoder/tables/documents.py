"""Rows of a table, as a data set keeps them, into documents: columns found once, ids made unique."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcoder.errors import UsageError
from kcoder.source import Wanted
from kcoder.tables import licences
from kcoder.tables.columns import Columns, find_columns
from kcoder.tables.read import Table
from kcoder.tables.seen import Seen

#: columns of Document that are whole numbers
NUMBERS = ("stars", "repository_size")


class Documents:
    """The documents of one data set, table after table. What was guessed is said once; what was mended is counted.

    A row keeps its id where each has one of its own; otherwise it is called NAME#NUMBER, from 1.
    """

    def __init__(self, name: str, told: Mapping[str, str], wanted: Wanted) -> None:
        self.name, self.told, self.wanted = name, told, wanted
        self.columns: Columns | None = None
        self.names: tuple[str, ...] = ()
        self.row = 0
        self.seen = Seen()

    def of(self, table: Table) -> pl.DataFrame:
        """The documents in these rows. Raises UsageError where no question and code can be found."""
        columns = self._find(table)
        found = {role: _texts(table, role, name) for role, name in columns.beside.items() if name in table.names}
        if tags := [table.texts(name).alias(name) for name in columns.tags if name in table.names]:
            found["tags"] = tags[0] if len(columns.tags) == 1 else _tagged(tags)
        prompt, input_at, code = _dialogue(table, columns)
        if code.null_count():
            table.notes["rows without code, taken for empty"] += code.null_count()
        rows = pl.DataFrame(found | {"prompt": prompt, "input_at": input_at, "text": code.fill_null("")})
        own = pl.col("source") if "source" in found else pl.lit(None, pl.String)
        source = pl.when(own != "").then(own).otherwise(pl.lit(self.name)).alias("source")
        rows = rows.with_columns(source, self._ids(found.get("id"), table))
        for name in NUMBERS:
            if name in rows.columns:
                rows = rows.with_columns(_numbers(rows[name], table))
        self.row += table.height
        return rows

    def _find(self, table: Table) -> Columns:
        """The columns to read. A column that first appears late may only add to what was guessed before."""
        if self.columns is not None and table.names == self.names:
            return self.columns
        columns = find_columns(table.names, self.told)
        before, self.columns, self.names = self.columns, columns, table.names
        if before is None:
            self.wanted.host.say(f"{self.name}: read as {columns.said}")
        elif columns.text != before.text or columns.prompt[: len(before.prompt)] != before.prompt:
            new = ", ".join(dict.fromkeys(n for n in (*columns.prompt, columns.text) if n not in before.prompt))
            raise UsageError(
                f"{self.name}: {new} first appears after row {self.row:,}, and would now be read as {columns.said}",
                f"say which are meant, columns: {{code: {before.text}}}",
            )
        return columns

    def _ids(self, told: pl.Series | None, table: Table) -> pl.Series:
        numbers = pl.Series([f"#{n}" for n in range(self.row + 1, self.row + table.height + 1)], dtype=pl.String)
        if told is None:
            return (self.name + numbers).alias("id")
        known = self.seen.fresh(told)
        if count := int((~known).sum()):
            table.notes["repeated or missing ids, made unique by the row's number"] += count
        own = told.fill_null(self.name) + numbers
        return told.zip_with(known, own).alias("id")


def _texts(table: Table, role: str, name: str) -> pl.Series:
    if role == "licence":
        return pl.Series(name, list(map(licences.told, table.values(name))), dtype=pl.String)
    return table.texts(name)


def _numbers(told: pl.Series, table: Table) -> pl.Series:
    found = told.cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
    if lost := found.null_count() - told.null_count():
        table.notes[f"{told.name} that are no numbers, left out"] += lost
    return found


def _dialogue(table: Table, columns: Columns) -> tuple[pl.Series, pl.Series, pl.Series]:
    """The question of each row, null where there is none; where its input begins; and the code."""
    if columns.chat:
        turns = [_last_answer(chat, table) for chat in table.values(columns.text)]
        questions, answers = zip(*turns, strict=True)
        prompts = pl.Series(questions, dtype=pl.String)
        return prompts, _nowhere(table), pl.Series(answers, dtype=pl.String)
    code = table.texts(columns.text) if columns.text in table.names else _nothing(table)
    parts = [table.texts(name) for name in columns.prompt if name in table.names]
    if not parts:
        return _nothing(table), _nowhere(table), code
    if len(parts) == 1:
        return parts[0], _nowhere(table), code
    joined = ["\n".join(part for part in row if part) for row in zip(*parts, strict=True)]
    begins = [len(row[0]) + 1 if row[0] and row[1] else None for row in zip(parts[0], parts[1], strict=True)]
    return pl.Series(joined, dtype=pl.String), pl.Series(begins, dtype=pl.Int64), code


def _nothing(table: Table) -> pl.Series:
    return pl.repeat(None, table.height, dtype=pl.String, eager=True)


def _nowhere(table: Table) -> pl.Series:
    return pl.repeat(None, table.height, dtype=pl.Int64, eager=True)


def _tagged(columns: list[pl.Series]) -> pl.Series:
    """`difficulty=Hard; topic=DP` of each row, without what it does not tell; null where it tells nothing."""
    told = [pl.when(pl.col(c.name) != "").then(pl.format("{}={}", pl.lit(c.name), c.name)) for c in columns]
    joined = pl.DataFrame(columns).select(tags=pl.concat_str(told, separator="; ", ignore_nulls=True))
    return joined.select(pl.when(pl.col("tags") != "").then("tags")).to_series()


def _last_answer(chat: Any, table: Table) -> tuple[str, str | None]:
    """Everything said before the assistant's last message, and that message; null where there is none.

    Once the assistant has answered before, each turn says whose it is, as in `User: ...`.
    """
    turns = [turn for turn in chat if isinstance(turn, dict)] if isinstance(chat, list) else []
    said = [(_speaker(t), str(t.get("content", t.get("value", "")) or "")) for t in turns]
    last = max((at for at, (who, _) in enumerate(said) if who == "Assistant"), default=None)
    before = [(who, text) for who, text in said[:last] if text]
    if last is not None and len(said) > last + 1:
        table.notes["turns after the last answer of a chat, left out"] += len(said) - last - 1
    several = any(who == "Assistant" for who, _ in before)
    prompt = "\n\n".join(f"{who}: {text}" if several else text for who, text in before)
    return prompt, None if last is None else said[last][1]


def _speaker(turn: dict[str, Any]) -> str:
    told = str(turn.get("role") or turn.get("from") or "unknown")
    return {"human": "User", "gpt": "Assistant", "model": "Assistant"}.get(told, told.capitalize())
