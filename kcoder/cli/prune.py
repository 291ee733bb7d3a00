"""`kcoder prune`: remove what no run needs."""

from __future__ import annotations

from pathlib import Path

import click

from kcoder.artifact import Artifact
from kcoder.cli.screen import size
from kcoder.errors import KcoderError
from kcoder.journal import read_diary, runs
from kcoder.store import SHORT, Store


@click.command("prune")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(dry_run: bool, out: str) -> None:
    """Remove artifacts and drafts that no run needs. Runs themselves are never removed."""
    root = Path(out)
    store = Store(root / ".store")
    with store.alone():
        everything = store.every()
        needed = _needed(root, everything)
        unfinished = any(read_diary(f).get("state") in ("running", "interrupted", "failed") for f in runs(root))
        drafts = [] if unfinished else store.drafts()
        freed = 0
        for folder in [*(a.folder for a in everything if _short(a) not in needed), *drafts]:
            taken = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
            freed += taken
            click.echo(f"{'would remove' if dry_run else 'removed'}  {folder.name}  {size(taken)}")
            if not dry_run:
                store.remove(folder)
    if unfinished and store.drafts():
        click.echo(f"{len(store.drafts())} drafts are kept: a run is unfinished and may go on with them")
    kept = sum(_short(a) in needed for a in everything)
    click.echo(f"{size(freed)} {'would be ' if dry_run else ''}freed; {kept} artifacts are needed")


def _needed(root: Path, everything: list[Artifact]) -> set[str]:
    """The short keys that runs name, with all they were made of: an adapter stands on its base."""
    found: list[str] = []
    for folder in runs(root):
        diary = read_diary(folder)
        if not diary:
            raise KcoderError(
                f"{folder / 'run.json'} cannot be read, so what that run needs is unknown",
                "remove that folder, or run its spec again, then prune",
            )
        found += [key[:SHORT] for key in diary.get("keys", [])]
        found += [step["key"][:SHORT] for step in diary.get("steps", [])]
        found += [model["artifact"].rpartition("-")[2] for model in diary.get("models", {}).values()]
    made_of = {_short(artifact): _inputs(artifact) for artifact in everything}
    needed: set[str] = set()
    while found:
        key = found.pop()
        if key not in needed:
            needed.add(key)
            found += made_of.get(key, [])
    return needed


def _short(artifact: Artifact) -> str:
    return artifact.folder.name.rpartition("-")[2]


def _inputs(artifact: Artifact) -> list[str]:
    try:
        return [key[:SHORT] for key in artifact.manifest.get("inputs", {})]
    except (OSError, ValueError):
        return []
