"""`kcoder pack`: a run as one file."""

from __future__ import annotations

from pathlib import Path

import click

from kcoder.amounts import size
from kcoder.errors import UsageError
from kcoder.journal import find_run


@click.command("pack")
@click.argument("run")
@click.option("-o", "output", type=click.Path(path_type=Path), metavar="FILE", help="NAME.tar where not given.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(run: str, output: Path | None, out: str) -> None:
    """Write RUN and all that it was made of into one file, unfinished trainings too.

    On another machine `kcoder unpack FILE` gives it its place, and the same spec goes on from there: train where a GPU
    is, execute where compilers are.
    """
    from kcoder.parcel import pack

    folder = find_run(run, Path(out))
    file = output or Path(f"{folder.name}.tar")
    if not file.parent.is_dir():
        raise UsageError(f"-o {file}: there is no folder {file.parent}")
    count = pack(folder, file)
    click.echo(f"{file}  {size(file.stat().st_size)}  {count} artifacts")
    click.echo(f"on the other machine: kcoder unpack {file.name}")
