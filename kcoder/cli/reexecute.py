"""`kcoder reexecute`: judge a sample of a run's programs once more."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from kcoder.cli.made import Made

WHAT = ["benchmark", "language", "problem", "sample"]


@click.command("reexecute")
@click.argument("run")
@click.option(
    "--sample", default=50, show_default=True, type=click.IntRange(min=1), metavar="N", help="Programs a step."
)
@click.option("--seed", default=0, show_default=True, help="Of the draw.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Programs at a time; else one for each core.")
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "namespaces", "landlock", "none"]),
    default="auto",
    envvar="KCODER_SANDBOX",
    help="How programs are kept in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(run: str, sample: int, seed: int, jobs: int | None, sandbox: str, as_json: bool, out: str) -> int:
    """Take completions of RUN at random, cut, run and judge them again, and say which outcomes are not as they were.

    Nothing of the run is changed. Ends with 4 where an outcome has drifted.
    """
    from kcoder.errors import UsageError
    from kcoder.host import Host, cores
    from kcoder.journal import find_run, read_diary

    folder = find_run(run, Path(out))
    steps = [Made(step, folder.parent / ".store" / step["artifact"]) for step in read_diary(folder).get("steps", [])]
    moving = sys.stderr.isatty()
    host = Host(workers=jobs or cores(), sandbox=sandbox, progress=_progress if moving else lambda line: None)
    found = [told for step in steps if (told := _again(step, steps, sample, seed, host))]
    if moving:
        click.echo("\r\x1b[K", nl=False, err=True)
    if not found:
        raise UsageError(f"{run} has no outcomes with their completions", "its spec needs a section: evaluate")
    click.echo(json.dumps(found, indent=1) if as_json else "\n".join(_screen(found)))
    return 4 if any(each["drifted"] for each in found) else 0


def _again(step: Made, steps: Sequence[Made], sample: int, seed: int, host: Any) -> dict[str, Any] | None:
    """What became of a sample of one step's outcomes; None of a step that judged nothing."""
    import polars as pl

    from kcoder.judging import job, judge
    from kcoder.plugin import load
    from kcoder.records import Outcome

    outcomes, completions = step.tables(Outcome).get("outcomes"), step.inputs(steps).get("completions")
    if outcomes is None or completions is None:
        return None
    was = pl.read_parquet(outcomes)
    drawn = was.sort(WHAT).sample(min(sample, was.height), seed=seed)
    rows = drawn.join(pl.read_parquet(completions), on=WHAT, how="inner", maintain_order="left").rows(named=True)
    language = load("languages", step.entry["asked"]["language"]["is"])
    told = {name: value for name, value in step.entry["asked"]["executor"].items() if name != "revision"}
    executor = load("executors", told.pop("is"))(**told)
    asked = ("prompt", "text", "entry", "tests")
    jobs = [job(str(n), language, **{name: row[name] for name in asked}) for n, row in enumerate(rows)]
    judged = judge(executor, language, jobs, host)
    return {
        "step": step.title,
        "sampled": len(rows),
        "of": was.height,
        "toolchain": {
            "then": step.entry["asked"]["language"].get("world", {}).get("toolchain"),
            "now": language.version(),
        },
        "drifted": [drift for n, row in enumerate(rows) if (drift := _drift(row, judged[str(n)]))],
    }


def _drift(row: dict[str, Any], judgement: Any) -> dict[str, Any] | None:
    if judgement.verdict == row["verdict"]:
        return None
    now = {"now": judgement.verdict.value, "now_detail": judgement.detail}
    return {
        "problem": row["problem"],
        "sample": row["sample"],
        "was": row["verdict"],
        "was_detail": row["detail"],
    } | now


def _screen(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    width = max(len(each["step"]) for each in found) + 2
    for each in found:
        same = each["sampled"] - len(each["drifted"])
        yield f"  {each['step']:<{width}}{same} of {each['sampled']} as they were, drawn from {each['of']:,}"
        then, now = each["toolchain"]["then"], each["toolchain"]["now"]
        if then != now:
            yield f"    judged then by {then}, now by {now}"
        for drift in each["drifted"]:
            yield f"    {drift['problem']} sample {drift['sample']}: was {drift['was']} ({drift['was_detail']})"
            yield f"    {'':<{len(drift['problem'])}} now {drift['now']} ({drift['now_detail']})"


def _progress(line: str) -> None:
    click.echo(f"\r\x1b[K{line}", nl=False, err=True)
