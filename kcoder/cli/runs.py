"""`kcoder runs`: what has been run here."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import click

from kcoder.amounts import duration, size
from kcoder.artifact import taken
from kcoder.journal import read_diary, runs


@click.command("runs")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(out: str, as_json: bool) -> None:
    """List all runs: state, best result, age, and the size of their artifacts (shared ones count for each)."""
    rows = [_row(folder) for folder in runs(Path(out))]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    if not rows:
        click.echo(f"no runs in {out}.  start with: kcoder init quickstart && kcoder run quickstart.yaml")
        return
    width = max(len(row["name"]) for row in rows) + 2
    click.echo(f"{'run':<{width}}{'state':<13}{'age':>8}  {'size':>8}  best")
    for row in rows:
        age = duration(row["age_seconds"])
        click.echo(f"{row['name']:<{width}}{row['state']:<13}{age:>8}  {size(row['bytes']):>8}  {row['best']}".rstrip())


def _row(folder: Path) -> dict[str, Any]:
    diary = read_diary(folder)
    store = folder.parent / ".store"
    artifacts = {step["artifact"] for step in diary.get("steps", [])}
    return {
        "name": folder.name,
        "state": diary.get("state", "unknown"),
        "age_seconds": _age(str(diary.get("ended") or diary.get("started", ""))),
        "bytes": taken(*(store / name for name in artifacts)),
        "best": _best(folder),
    }


def _age(then: str) -> float:
    try:
        began = datetime.datetime.fromisoformat(then)
    except ValueError:
        return 0.0
    return max(0.0, (datetime.datetime.now(datetime.UTC) - began).total_seconds())  # clocks are set back at times


def _best(folder: Path) -> str:
    """The first sentence of the run's answer; the page says the rest."""
    try:
        told = json.loads((folder / "results.json").read_bytes())
    except (OSError, ValueError):
        return ""
    sentences = told.get("answer") or [""]
    return str(sentences[0])
