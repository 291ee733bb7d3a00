"""`kcoder unpack`: give a packed run its place."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("unpack")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(file: Path, out: str) -> None:
    """Unpack a run that `kcoder pack` wrote. Every file is compared with its digest first; what is there already is
    kept."""
    from kcoder.parcel import unpack

    folder, new, known = unpack(file, Path(out))
    click.echo(f"{folder}  {new} artifacts" + (f", {known} were here already" if known else ""))
    click.echo(f"go on: kcoder run SPEC, as it stands in {folder / 'spec.yaml'}")
