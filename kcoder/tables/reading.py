"""What a source gives, made into documents: checked, completed, in the languages wanted, and counted."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from kcoder.errors import UsageError
from kcoder.plugin import load, names
from kcoder.records import Document, schema
from kcoder.source import Source, Wanted
from kcoder.tables.seen import Seen


def documents(source: Source, wanted: Wanted, told: str) -> Iterator[pl.DataFrame]:
    """The source's rows, batch for batch, with every column of Document. `told` names the source in complaints.

    A language goes by its name or an alias, however written: `C++` is cpp. A row that names none is taken for the one
    that is wanted; rows in other languages are left out and
    counted in `wanted.left_out`. Raises UsageError for a source that gives no rows, rows without text or id, or an
    id twice.
    """
    aliases = _aliases(list(wanted.languages) or names("languages"))
    seen = Seen()
    there: set[str] = set()
    met = kept = taken = 0
    for batch in source.batches(wanted):
        wanted.host.check()
        batch = _complete(batch, aliases, told)
        met += batch.height
        _unique(batch["id"], seen, told)
        there |= set(batch["language"].drop_nulls().unique())
        if wanted.languages:
            taken += batch["language"].null_count()
            batch = _in_languages(batch, wanted, told)
        kept += batch.height
        if batch.height:
            yield batch
    if not met:
        left = "".join(f"; {count:,} left out: {reason}" for reason, count in sorted(wanted.left_out.items()))
        raise UsageError(f"{told} gave no rows{left}", "nothing can be learnt from nothing")
    if not kept:
        message = f"{told}: no row is in {' or '.join(wanted.languages)}"
        raise UsageError(message, f"there are: {', '.join(sorted(there)[:8])}")
    if taken:
        only = next(iter(wanted.languages))
        wanted.host.say(f"{told}: {taken:,} rows taken for {only}, since nothing names their language")


def _aliases(languages: list[str]) -> dict[str, str]:
    """The languages by their other names."""
    known = [load("languages", name) for name in languages if name in names("languages")]
    return {alias: language.name for language in known for alias in language.aliases}


def _complete(batch: pl.DataFrame, aliases: dict[str, str], told: str) -> pl.DataFrame:
    types = schema(Document)
    if unknown := set(batch.columns) - set(types):
        raise UsageError(f"{told} gave a column {min(unknown)}", "this is a defect of that source")
    missing = [pl.lit(None, kind).alias(name) for name, kind in types.items() if name not in batch.columns]
    batch = batch.with_columns(*missing).select(*types).cast(dict(types.items()))
    if batch["text"].null_count() or batch["id"].null_count():
        raise UsageError(f"{told} gave rows without a text or an id", "this is a defect of that source")
    return batch.with_columns(pl.col("language").str.to_lowercase().replace(aliases))


def _unique(ids: pl.Series, seen: Seen, told: str) -> None:
    if not seen.fresh(ids).all():
        twice = ids.filter(ids.is_duplicated())
        name = twice[0] if len(twice) else "of an earlier row"
        raise UsageError(f"{told} gave two rows of the id {name!r}", "this is a defect of that source")


def _in_languages(batch: pl.DataFrame, wanted: Wanted, told: str) -> pl.DataFrame:
    names = list(wanted.languages)
    if batch["language"].null_count():
        if len(names) > 1:
            raise UsageError(
                f"{told}: nothing names the language of some rows, and {len(names)} are wanted",
                "say which column does, columns: {language: ...}, or ask for one language",
            )
        batch = batch.with_columns(pl.col("language").fill_null(names[0]))
    kept = batch.filter(pl.col("language").is_in(names))
    if others := batch.height - kept.height:
        wanted.left_out["in other languages"] += others
    return kept
