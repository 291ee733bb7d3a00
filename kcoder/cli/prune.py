"""`kcoder prune`: remove what no run needs."""

from __future__ import annotations

from pathlib import Path

import click

from kcoder.amounts import size
from kcoder.artifact import freed, taken
from kcoder.errors import KcoderError
from kcoder.journal import named, read_diary, runs
from kcoder.store import Store


@click.command("prune")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(dry_run: bool, out: str) -> None:
    """Remove artifacts and drafts that no run needs. Runs themselves are never removed."""
    root = Path(out)
    store = Store(root / ".store")
    with store.alone():
        everything = store.every()
        needed = _needed(root, store)
        unfinished = any(read_diary(f).get("state") in ("running", "interrupted", "failed") for f in runs(root))
        drafts = [] if unfinished else store.drafts()
        unneeded = [*(a.folder for a in everything if a.folder not in needed), *drafts]
        free = freed(*unneeded)
        for folder in unneeded:
            click.echo(f"{'would remove' if dry_run else 'removed'}  {folder.name}  {size(taken(folder))}")
            if not dry_run:
                store.remove(folder)
    if unfinished and store.drafts():
        click.echo(f"{len(store.drafts())} drafts are kept: a run is unfinished and may go on with them")
    click.echo(f"{size(free)} {'would be ' if dry_run else ''}freed; {len(needed)} artifacts are needed")


def _needed(root: Path, store: Store) -> set[Path]:
    """The artifacts that runs name, with all they were made of."""
    keys: list[str] = []
    for folder in runs(root):
        diary = read_diary(folder)
        if not diary:
            raise KcoderError(
                f"{folder / 'run.json'} cannot be read, so what that run needs is unknown",
                "remove that folder, or run its spec again, then prune",
            )
        keys += named(diary)
    return {artifact.folder for artifact in store.made_of(keys)}
