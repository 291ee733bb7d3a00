"""`kcoder verify`: read a run's artifacts again."""

from __future__ import annotations

from pathlib import Path

import click

from kcoder.amounts import size
from kcoder.artifact import Artifact
from kcoder.errors import KcoderError
from kcoder.journal import find_run, read_diary


@click.command("verify")
@click.argument("run")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(run: str, out: str) -> None:
    """Compare every artifact of RUN with the digests written when it was made."""
    folder = find_run(run, Path(out))
    diary = read_diary(folder)
    steps = diary.get("steps", [])
    broken: list[str] = []
    total = 0
    for step in steps:
        artifact = Artifact(folder.parent / ".store" / step["artifact"])
        try:
            faults = artifact.faults(thorough=True)
            total += artifact.size
        except (OSError, ValueError, KeyError):
            faults = ["the artifact is gone, or has no manifest"]
        if faults:
            broken.append(step["step"])
            click.echo(f"✗ {step['step']}  {artifact.folder}")
            for fault in faults:
                click.echo(f"    {fault}")
    if broken:
        again = " ".join(f"--redo {name}" for name in dict.fromkeys(broken))
        hint = f"make it anew: {diary.get('command', 'kcoder run SPEC')} {again}"
        raise KcoderError(f"{len(broken)} of {len(steps)} artifacts are not what they were", hint)
    click.echo(f"✓ {len(steps)} artifacts, {size(total)}: every digest is as it was made")
