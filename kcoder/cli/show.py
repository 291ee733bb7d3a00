"""`kcoder show`: a run's steps and results again, or one problem of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kcoder.cli.results import answer
from kcoder.cli.screen import duration
from kcoder.errors import UsageError, choice
from kcoder.journal import find_run, read_diary
from kcoder.records import Outcome


@click.command("show")
@click.argument("run")
@click.option("--stage", metavar="S", help="Only this section or step, with its facts.")
@click.option("--problem", metavar="ID", help="One problem: program, verdict and what shows it, for each model.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(run: str, stage: str | None, problem: str | None, out: str) -> None:
    """Show the steps of RUN, what each took, and its results."""
    folder = find_run(run, Path(out))
    diary = read_diary(folder)
    if problem:
        _problem(folder, diary, problem)
        return
    steps = diary.get("steps", [])
    if stage:
        chosen = [s for s in steps if s["step"] == stage or s["step"].startswith(f"{stage}.")]
        if not chosen:
            names = {s["step"] for s in steps} | {s["step"].partition(".")[0] for s in steps}
            raise UsageError(f"{run} has no section or step {stage}", choice(stage, names))
        steps = chosen
    click.echo(f"{diary.get('name', run)}   {diary.get('state', '')}   {diary.get('command', '')}\n")
    width = max((len(s["step"]) for s in steps), default=0) + 2
    for step in steps:
        of = ", ".join(v for v in step["variants"] if v) if len(step["variants"]) == 1 else ""
        click.echo(f"  {step['step']:<{width}}{duration(step.get('seconds', 0)):>8}  {step['artifact']}  {of}".rstrip())
        if stage:
            click.echo(_facts(step.get("facts", {})))
    for key, message in diary.get("failed", {}).items():
        click.echo(f"  failed  {key[:12]}  {message}")
    if not stage:
        click.echo("\n" + answer(folder, left=0))


def _facts(facts: dict[str, Any]) -> str:
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    return "\n".join(f"      {line}" for line in text.splitlines()[1:-1])


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
