"""`kcoder dataset-stats`: what a file or folder of rows holds, counted the way a run counts it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

    from kcoder.language import Language

#: what P3 §3.2 drops: label, filter and limit
DOUBTS = (
    ("average line > 100", "max_avg_line_length", 100),
    ("line > 1000", "max_line_length", 1000),
    ("letters < 25 %", "min_alphabetic", 0.25),
)


@dataclass(frozen=True)
class Size:
    """Mean, median and 95th percentile (linear interpolation) over the rows."""

    mean: float
    median: float
    p95: float

    def __str__(self) -> str:
        return f"{self.mean:,.0f} mean, {self.median:,.0f} median, {self.p95:,.0f} p95"


@dataclass(frozen=True)
class Figures:
    """Everything counted of one file. A count is None where it cannot be told."""

    name: str
    rows: int
    #: what the source had to say: how it was read, what it mended or left out
    said: tuple[str, ...]
    #: rows by the language their source names
    languages: Mapping[str, int]
    #: by language: rows that parse as a whole program of it, and those of them that define something
    parse: Mapping[str, int]
    define: Mapping[str, int]
    #: rows that parse in no language that was asked, and name none
    other: int
    question_words: Size | None
    code_characters: Size
    empty_answers: int
    #: rows whose question and answer stand in an earlier row too, character by character
    repeated_pairs: int
    #: rows whose answer, spacing aside, stands in an earlier row too
    repeated_answers: int
    doubts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0


@click.command("dataset-stats")
@click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER...")
@click.option("--columns", metavar="question=..,code=..", help="The columns to read; guessed where not given.")
@click.option("--language", metavar="L", help="The language the rows are in.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("-o", "output", type=click.Path(path_type=Path), metavar="FILE.json", help="Write them as JSON.")
def command(
    files: tuple[str, ...], columns: str | None, language: str | None, as_json: bool, output: Path | None
) -> None:
    """Count what data sets hold: rows, lengths, duplicates, what parses. Several give a column each."""
    import json

    from kcoder.errors import UsageError

    if output and output.suffix != ".json":
        raise UsageError(f"-o {output}: figures are written as .json")
    told = _columns(columns)
    figures = [stats(each, told, language) for each in files]
    text = json.dumps([asdict(each) for each in figures], indent=1, ensure_ascii=False)
    if output:
        try:
            output.write_text(text + "\n")
        except OSError as error:
            raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    if as_json:
        click.echo(text)
    else:
        _show(figures)


def stats(path: str, columns: Mapping[str, str] | None = None, language: str | None = None) -> Figures:
    """The figures of one file or folder.

    Raises UsageError for one that is missing, empty, broken, or has no fitting columns.
    """
    from kcoder.host import Host
    from kcoder.plugin import load

    began = time.monotonic()
    said: list[str] = []
    host = Host(say=said.append)
    wanted = {_language(language): 1.0} if language else {}
    rows = _source(path, columns).rows(wanted, 0, host).collect()
    filters = tuple(load("filters", name)(limit=limit) for _, name, limit in DOUBTS)
    against = load("stages", "filter").reasons(rows, filters)
    doubts = {label: len(rows) - against[str(at)].null_count() for at, (label, _, _) in enumerate(DOUBTS)}
    texts = rows["text"]
    spaced = texts.str.strip_chars().str.replace_all(r"\s+", " ")
    questions = rows["prompt"].drop_nulls()
    parse, define, other = _parsed(rows, language)
    named = rows["language"].drop_nulls().value_counts().sort("count", "language", descending=[True, False])
    return Figures(
        name=Path(path).name,
        rows=len(rows),
        said=tuple(line.removeprefix(f"{Path(path).name}: ") for line in said),
        languages=dict(named.iter_rows()),
        parse=parse,
        define=define,
        other=other,
        question_words=_size(questions.str.count_matches(r"\S+")) if len(questions) else None,
        code_characters=_size(texts.str.len_chars()),
        empty_answers=int((spaced == "").sum()),
        repeated_pairs=len(load("sieves", "exact")().drop(rows.lazy(), host)),
        repeated_answers=len(rows) - spaced.n_unique(),
        doubts=doubts,
        seconds=round(time.monotonic() - began, 2),
    )


def _columns(told: str | None) -> dict[str, str] | None:
    from kcoder.errors import UsageError

    if told is None:
        return None
    pairs = [part.partition("=") for part in told.split(",")]
    if wrong := [word for word, equals, name in pairs if not (word.strip() and equals and name.strip())]:
        raise UsageError(f"--columns: {wrong[0]!r} names no column", "for example --columns question=text,code=label")
    return {word.strip(): name.strip() for word, _, name in pairs}


def _language(name: str) -> str:
    from kcoder.errors import UsageError, choice
    from kcoder.plugin import names

    if name not in names("languages"):
        raise UsageError(f"no language is called {name!r}", choice(name, names("languages")))
    return name


def _source(path: str, columns: Mapping[str, str] | None) -> Any:
    """The source that a path means. Raises UsageError where nothing is there."""
    from pydantic import ValidationError

    from kcoder.errors import UsageError
    from kcoder.plugin import load
    from kcoder.source import Source

    name, options = Source.of_word(path) or ("files", {"path": path})
    if name == "folder" and columns:
        raise UsageError(f"{path} is a folder of code: it has no columns")
    try:
        return load("sources", name)(**options, **({"columns": columns} if columns else {}))
    except ValidationError as error:
        fault = error.errors()[0]
        raise UsageError(fault["msg"], fault.get("ctx", {}).get("hint", "")) from None


def _parsed(rows: pl.DataFrame, asked: str | None) -> tuple[dict[str, int], dict[str, int], int]:
    """By language, the rows that parse and those that define something; and the rows that are none of these.

    A row is tried in the language it names, or in every language whose plugin can tell.
    """
    import polars as pl

    from kcoder.plugin import load, names

    parse: dict[str, int] = {}
    define: dict[str, int] = {}
    open_ = {at for at, named in enumerate(rows["language"]) if named is None}
    pairs = rows.select(pl.col("prompt").fill_null(""), "text").rows()
    for name in [asked] if asked else names("languages"):
        language = load("languages", name)
        tried = [at for at, named in enumerate(rows["language"]) if named in (None, name)]
        if not tried or language.parses(pairs[tried[0]][1]) is None:
            continue
        programs = {at: program for at in tried if (program := _program(language, *pairs[at])) is not None}
        parse[name] = len(programs)
        open_ -= programs.keys()
        if hasattr(language, "defines"):
            define[name] = sum(bool(language.defines(program)) for program in programs.values())
    return parse, define, len(open_)


def _program(language: Language, prompt: str, text: str) -> str | None:
    """What parses: the text by itself or, where it goes on with code, behind its prompt."""
    if language.parses(text):
        return text
    return prompt + text if prompt and language.parses(prompt + text) else None


def _size(values: pl.Series) -> Size:
    mean, median = float(values.mean() or 0), float(values.median() or 0)  # type: ignore[arg-type]
    return Size(round(mean, 2), median, float(values.quantile(0.95, "linear") or 0))


# ---- showing ---------------------------------------------------------------------------------------------


def _show(figures: list[Figures]) -> None:
    """A table with a column for each file, at most 100 wide."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("", no_wrap=True)
    for each in figures:
        table.add_column(each.name, overflow="fold")
    lines = [dict(_lines(each)) for each in figures]
    for label in dict.fromkeys(label for each in lines for label in each):
        table.add_row(label, *(each.get(label, "") for each in lines))
    console = Console(width=100, highlight=False, markup=False)
    console.print(table)


def _lines(each: Figures) -> Iterator[tuple[str, str]]:
    yield "rows", f"{each.rows:,}"
    yield "read", "\n".join(line.removeprefix("read as ") for line in each.said) or "as a folder of code"
    yield "languages", "\n".join(_languages(each)) or "not told"
    yield "question words", str(each.question_words or "no questions")
    yield "code characters", str(each.code_characters)
    yield "empty answers", f"{each.empty_answers:,}"
    yield "repeated pairs", f"{each.repeated_pairs:,}"
    yield "repeated answers", f"{each.repeated_answers:,}"
    for label, count in each.doubts.items():
        yield label, f"{count:,}"
    yield "seconds", f"{each.seconds:.1f}"


def _languages(each: Figures) -> Iterator[str]:
    for name in dict.fromkeys([*each.languages, *each.parse]):
        words = [f"{each.languages[name]:,} rows"] if name in each.languages else []
        words += [f"{each.parse[name]:,} parse"] if name in each.parse else []
        words += [f"{each.define[name]:,} of them define something"] if name in each.define else []
        yield f"{name} {', '.join(words)}"
    if each.other:
        yield f"other or mixed {each.other:,}"
