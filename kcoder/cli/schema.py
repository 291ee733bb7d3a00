"""`kcoder schema`: the JSON Schema of specs."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("schema")
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def command(file: Path | None) -> None:
    """Write the JSON Schema of specs.

    Put `# yaml-language-server: $schema=kcoder.schema.json` at the top of a spec, and an editor completes its fields.
    """
    from kcoder.spec.schema import spec_schema

    text = json.dumps(spec_schema(), indent=1, ensure_ascii=False)
    if file:
        file.write_text(text + "\n", encoding="utf-8")
        click.echo(f"{file}: at the top of a spec write  # yaml-language-server: $schema={file}")
    else:
        click.echo(text)
