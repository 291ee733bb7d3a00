"""`kcoder report`: rebuild the page of a run from stored results."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from kcoder.errors import KcoderError
from kcoder.journal import find_run, read_diary
from kcoder.plugin import load, names
from kcoder.stage import Stage


@click.command("report")
@click.argument("run")
@click.option("--open", "show", is_flag=True, help="Open the page in a browser.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(run: str, show: bool, out: str) -> None:
    """Rebuild report.html, results.json and results.csv of RUN. Nothing is computed again."""
    folder = find_run(run, Path(out))
    diary = read_diary(folder)
    made = [step for step in diary.get("steps", []) if step["asked"].get("is") in names("stages")]
    published = 0
    for step in made:
        stage: type[Stage] = load("stages", step["asked"]["is"])
        if stage.publish is not Stage.publish:
            if not (folder.parent / ".store" / step["artifact"]).is_dir():
                raise KcoderError(f"the artifact of {step['step']} is gone", f"make it again: {diary.get('command')}")
            stage.model_construct().publish(folder.parent / ".store" / step["artifact"], folder, diary)
            published += 1
    if not published:
        raise KcoderError(f"{run} has no finished report yet", f"make it: {diary.get('command', 'kcoder run SPEC')}")
    page = folder / "report.html"
    click.echo(str(page))
    if show:
        webbrowser.open(page.resolve().as_uri())
