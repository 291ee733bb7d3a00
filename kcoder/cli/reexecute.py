"""`kcoder reexecute`: judge a sample of a run's programs once more."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from kcoder.cli.made import Made
from kcoder.cli.sandbox import counting, kept_in

WHAT = ["benchmark", "language", "problem", "sample"]


@click.command("reexecute")
@click.argument("run")
@click.option(
    "--sample", default=50, show_default=True, type=click.IntRange(min=1), metavar="N", help="Programs a step."
)
@click.option("--seed", default=0, show_default=True, help="Of the draw.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Programs at a time; else one for each core.")
@kept_in
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
    with counting() as progress:
        host = Host(workers=jobs or cores(), sandbox=sandbox, progress=progress)
        found = [told for step in steps if (told := _again(step, steps, sample, seed, host))]
    if not found:
        raise UsageError(f"{run} has no outcomes with their completions", "its spec needs a section: evaluate")
    click.echo(json.dumps(found, indent=1) if as_json else "\n".join(_screen(found)))
    return 4 if any(each["drifted"] for each in found) else 0


def _again(step: Made, steps: Sequence[Made], sample: int, seed: int, host: Any) -> dict[str, Any] | None:
    """What became of a sample of one step's outcomes; None of a step that judged nothing."""
    import polars as pl

    from kcoder.plugin import load
    from kcoder.records import Completion, Outcome
    from kcoder.stage import Step, target

    outcomes, completions = step.tables(Outcome).get("outcomes"), step.inputs(steps).get("completions")
    if outcomes is None or completions is None:
        return None
    was = pl.read_parquet(outcomes)
    drawn = was.sort(WHAT).sample(min(sample, was.height), seed=seed).sort("problem", "sample")
    language = load("languages", step.entry["asked"]["language"]["is"])
    told = {name: value for name, value in step.entry["asked"]["executor"].items() if name != "revision"}
    given = Step("completions", load("stages", "completed").model_construct())["completions"]
    executor = load("executors", told.pop("is"))(**told)
    stage = load("stages", "execute")(completions=given, language=language, executor=executor)
    with tempfile.TemporaryDirectory(prefix="kcoder-reexecute-") as folder:
        out = Path(folder)
        rows = pl.read_parquet(completions).join(drawn.select(WHAT), on=WHAT, how="semi")
        rows.write_parquet(target(out, "completions", Completion))
        stage.run({given: target(out, "completions", Completion)}, out, host)
        now = pl.read_parquet(target(out, "outcomes", Outcome)).sort("problem", "sample")
    pairs = zip(drawn.rows(named=True), now.rows(named=True), strict=True)
    return {
        "step": step.title,
        "sampled": drawn.height,
        "of": was.height,
        "toolchain": {
            "then": step.entry["asked"]["language"].get("world", {}).get("toolchain"),
            "now": language.version(),
        },
        "drifted": [_drift(one, other) for one, other in pairs if one["verdict"] != other["verdict"]],
    }


def _drift(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    told = {"problem": was["problem"], "sample": was["sample"], "was": was["verdict"], "was_detail": was["detail"]}
    return told | {"now": now["verdict"], "now_detail": now["detail"]}


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
