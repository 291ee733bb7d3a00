"""`kcoder prune`: remove what no run needs."""

from __future__ import annotations

from pathlib import Path

import click

from kcoder.cli.screen import size
from kcoder.journal import read_diary, runs
from kcoder.store import Store


@click.command("prune")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(dry_run: bool, out: str) -> None:
    """Remove artifacts and drafts that no run's diary names. Runs themselves are never removed."""
    root = Path(out)
    store = Store(root / ".store")
    diaries = [read_diary(folder) for folder in runs(root)]
    needed = {step["artifact"] for diary in diaries for step in diary.get("steps", [])}
    running = any(diary.get("state") in ("running", "interrupted", "failed") for diary in diaries)
    doomed = [a.folder for a in store.every() if a.folder.name not in needed]
    drafts = [] if running else store.drafts()
    freed = 0
    for folder in [*doomed, *drafts]:
        taken = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
        freed += taken
        click.echo(f"{'would remove' if dry_run else 'removed'}  {folder.name}  {size(taken)}")
        if not dry_run:
            store.remove(folder)
    if running and store.drafts():
        click.echo(f"{len(store.drafts())} drafts are kept: a run is unfinished and may go on with them")
    click.echo(
        f"{size(freed)} {'would be' if dry_run else ''} freed; {len(needed)} artifacts are needed".replace("  ", " ")
    )
