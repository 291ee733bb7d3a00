"""`kcoder show`: a run's steps and results again, what a step has made, or one problem."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from kcoder.amounts import duration
from kcoder.cli.made import Made
from kcoder.cli.results import answer
from kcoder.cli.screen import WIDTH
from kcoder.errors import UsageError, choice
from kcoder.journal import find_run, read_diary
from kcoder.records import Document, Dropped, Outcome, Packed

STAGE = "Only this section or step: rows as they are, or as the model sees them, and counts."


@click.command("show")
@click.argument("run")
@click.option("--stage", metavar="S", help=STAGE)
@click.option("--rows", default=3, show_default=True, type=click.IntRange(0), metavar="N", help="Rows of each table.")
@click.option("--problem", metavar="ID", help="One problem: program, verdict and what shows it, for each model.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(run: str, stage: str | None, rows: int, problem: str | None, out: str) -> None:
    """Show the steps of RUN, what each took, and its results; with --stage, what a step has made."""
    folder = find_run(run, Path(out))
    diary = read_diary(folder)
    if problem:
        _problem(folder, diary, problem)
        return
    steps = [Made(step, folder.parent / ".store" / step["artifact"]) for step in diary.get("steps", [])]
    chosen = _chosen(steps, stage, run) if stage else steps
    click.echo(f"{diary.get('name', run)}   {diary.get('state', '')}   {diary.get('command', '')}\n")
    width = max((len(step.name) for step in chosen), default=0) + 2
    for step in chosen:
        took = duration(step.entry.get("seconds", 0))
        click.echo(f"  {step.name:<{width}}{took:>8}  {step.entry['artifact']}  {step.of}".rstrip())
        told = step.tables(Packed) or (stage != step.name and step.tables(Document, Dropped))
        if stage and not told:  # in words, below
            click.echo(_facts(step.facts))
    for key, message in diary.get("failed", {}).items():
        click.echo(f"  failed  {key[:12]}  {message}")
    if not stage:
        click.echo("\n" + answer(folder, left=0))
        return
    for line in _content(steps, chosen, rows):
        click.echo(_dyed(line))


def _chosen(steps: Sequence[Made], stage: str, run: str) -> list[Made]:
    chosen = [step for step in steps if step.name == stage or step.name.startswith(f"{stage}.")]
    if not chosen:
        names = {step.name for step in steps} | {step.name.partition(".")[0] for step in steps}
        raise UsageError(f"{run} has no section or step {stage}", choice(stage, names))
    return chosen


def _facts(facts: dict[str, Any]) -> str:
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    return "\n".join(f"      {line}" for line in text.splitlines()[1:-1])


def _content(steps: Sequence[Made], chosen: Sequence[Made], rows: int) -> Iterator[str]:
    """What became of the documents of these steps, and some of their rows: as a model sees them, once one did."""
    about = [step for step in chosen if step.tables(Document, Dropped)]
    models = [step for step in steps if step.tables(Packed) and (step in chosen or step.made_of(about))]
    if about:
        yield from _documents(about, rows, every=len(chosen) == 1, kept=not models)
    for step in [*(each for each in chosen if each not in models), *models]:
        for number, line in enumerate(step.shows(steps, rows, WIDTH)):
            yield from ([] if number else _heading(step.title))
            yield line


def _documents(about: Sequence[Made], rows: int, *, every: bool, kept: bool) -> Iterator[str]:
    """The funnel, some dropped rows and, where `kept`, some that are left: of `every` table, or of the first."""
    from kcoder.cli import documents

    left_out = {step.title: dict(step.facts.get("left_out", {})) for step in about}
    for step in about:
        for file in step.tables(Dropped).values():
            left_out[step.title] |= documents.reasons(file)
    yield from _heading("what became of the rows")
    flagged = {step.title: step.facts.get("flagged", {}) for step in about}
    yield from documents.funnel({step.title: step.counts(Document, Dropped) for step in about}, left_out, flagged)
    for step in about:
        for file in step.tables(Dropped).values():
            if rows and left_out[step.title]:
                yield from _heading(f"dropped by {step.title}: some of {sum(left_out[step.title].values()):,} rows")
                yield from documents.dropped(file, rows, WIDTH)
    tables = about[-1].tables(Document) if kept and rows else {}
    for name in list(tables)[: None if every else 1]:
        yield from _heading(f"{about[-1].title}: {name}")
        yield from documents.documents(tables[name], rows, WIDTH)


def _heading(text: str) -> Iterator[str]:
    yield from ("", click.style(text, bold=True), "")


def _dyed(line: str) -> str:
    """A line in the colour of its mark; where the output is no terminal click leaves out colours."""
    styles: dict[str, dict[str, Any]] = {"+": {"fg": "green"}, "·": {"dim": True}}
    return click.style(line, **styles[line[0]]) if line[:2] in ("+ ", "· ") else line


def _problem(folder: Path, diary: dict[str, Any], problem: str) -> None:
    """Every outcome of one problem, whatever step made it."""
    import polars as pl

    known: set[str] = set()
    shown = 0
    for step in diary.get("steps", []):
        for table in (folder.parent / ".store" / step["artifact"]).glob(f"*{Outcome.suffix}"):
            rows = pl.scan_parquet(table)
            if not set(Outcome.columns) <= set(rows.collect_schema().names()):
                continue
            known |= set(rows.select("problem").unique().collect()["problem"])
            for row in rows.filter(pl.col("problem") == problem).collect().iter_rows(named=True):
                of = step["variants"][0] if len(step["variants"]) == 1 else "all variants"
                click.echo(f"── {step['step']}  {of}  sample {row['sample']}: {row['verdict']}")
                click.echo(row["program"].rstrip())
                if row["detail"]:
                    click.echo(f"   {row['detail']}")
                click.echo("")
                shown += 1
    if not shown:
        raise UsageError(f"{folder.name} has no problem {problem}", choice(problem, known))
