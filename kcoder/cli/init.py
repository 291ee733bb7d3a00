"""`kcoder init`: a commented spec to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from kcoder.errors import UsageError, choice


@click.command("init")
@click.argument("template", default="quickstart")
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--list", "listing", is_flag=True, help="List the templates.")
def command(template: str, file: Path | None, listing: bool) -> None:
    """Write the spec TEMPLATE (quickstart, where none is named) into this folder."""
    known = templates()
    if listing:
        width = max(map(len, known)) + 2
        for name, text in known.items():
            click.echo(f"{name:<{width}}{text.splitlines()[0].lstrip('# ')}")
        return
    if template not in known:
        raise UsageError(f"there is no template {template}", choice(template, known))
    place = file or Path(f"{template}.yaml")
    if place.exists():
        raise UsageError(f"{place} is there already", "name another file with -o")
    place.write_text(known[template], encoding="utf-8")
    click.echo(f"{place}\nnext: kcoder check {place} && kcoder run {place}")


def templates() -> dict[str, str]:
    """The templates' texts by name."""
    folder = files("kcoder").joinpath("templates")
    found = {f.name.removesuffix(".yaml"): f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".yaml")}
    return dict(sorted(found.items()))
