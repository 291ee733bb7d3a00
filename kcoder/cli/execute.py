"""`kcoder execute`: judge completions that were made elsewhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from kcoder.cli.sandbox import counting, kept_in


@click.command("execute")
@click.argument("file", required=False)
@click.option("--references", is_flag=True, help="Judge the benchmark's own solutions and its witnesses, no file.")
@click.option(
    "--benchmark", required=True, metavar="B", help="humaneval, mbpp, ...; B=FILE for a file of its problems."
)
@click.option("--language", default="python", show_default=True, help="The language of the programs.")
@click.option("--pass-at", default="1", show_default=True, metavar="K,K", help="The k of pass@k.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds for each program.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Programs at a time; else one for each core.")
@click.option("--uncut", is_flag=True, help="Judge completions as they stand too; up to twice as many programs.")
@click.option("--answered", is_flag=True, help="Leave problems out that have no completion.")
@kept_in
@click.option("-o", "--output", metavar="FILE", help="Write every outcome, as .jsonl or .parquet.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
def command(
    file: str | None,
    references: bool,
    benchmark: str,
    language: str,
    pass_at: str,
    timeout: float | None,
    jobs: int | None,
    uncut: bool,
    answered: bool,
    sandbox: str,
    output: str | None,
    as_json: bool,
) -> int:
    """Judge the completions in FILE exactly as `kcoder run` judges its own.

    Each line has a task_id and a completion, which may be a chat model's answer; .jsonl or .jsonl.gz.
    """
    from kcoder.errors import UsageError
    from kcoder.host import Host, cores

    if (file is None) is not references:
        raise UsageError(
            "there is nothing to judge" if file is None else "--references judges no file", "FILE, or --references"
        )
    if not pass_at.replace(",", "").isdigit():
        raise UsageError(f"--pass-at: {pass_at!r} is no list of numbers", "for example --pass-at 1,10")
    known = _known(benchmark, language, timeout)
    with tempfile.TemporaryDirectory(prefix="kcoder-execute-") as folder:
        out = Path(folder)
        with counting() as progress:
            host = Host(workers=jobs or cores(), sandbox=sandbox, progress=progress)
            ks = tuple(map(int, pass_at.split(",")))
            told = _facts(file, known, host, out, ks=ks, answered=answered, uncut=uncut)
        if output:
            _write(out / ("references.parquet" if references else "outcomes.parquet"), Path(output))
    click.echo(_json(told) if as_json else _screen(told) if file else _solved(told))
    return 0


def _known(benchmark: str, language: str, timeout: float | None) -> dict[str, Any]:
    """What every stage is told."""
    from kcoder.errors import UsageError, choice
    from kcoder.plugin import load, names

    if language not in names("languages"):
        raise UsageError(f"no language is called {language!r}", choice(language, names("languages")))
    executor = load("executors", "sandbox")(**({"timeout": timeout} if timeout else {}))
    return {"benchmark": _benchmark(benchmark), "language": language, "executor": executor}


def _facts(
    file: str | None,
    known: dict[str, Any],
    host: Any,
    out: Path,
    *,
    ks: tuple[int, ...],
    answered: bool,
    uncut: bool,
) -> dict[str, Any]:
    """The facts of each stage that a run would carry out, in a folder that is thrown away: of the benchmark's own
    solutions, and of the file's completions if there is a file."""
    from kcoder.errors import UsageError
    from kcoder.plugin import load
    from kcoder.stage import Step

    told: dict[str, Any] = {}
    files: dict[Any, Path] = {}
    asked = {"benchmark": known["benchmark"], "language": known["language"]}
    if file is not None:  # what is wrong with a file is told before anything is run
        read = Step("completions", load("stages", "completed")(path=file, answered=answered, **asked))
        told["completions"] = read.stage.run({}, out, host)
        files[read["completions"]] = out / "completions.parquet"
        there, most = told["completions"]["samples"], max(ks)
        if there < most:
            few = f"all {told['completions']['problems']:,} problems have fewer than {most} samples, {there} each"
            hint = f"--pass-at {there}, or a file with {most} of each"
            raise UsageError(f"{file}: pass@{most} cannot be told: {few}", hint)
    references = Step("references", load("stages", "references")(**known))
    solved = references["references"]
    told["references"] = references.stage.run({}, out, host)
    files[solved] = out / "references.parquet"
    if recorded := known["benchmark"].witness_files():
        apart = out / "witnesses"  # what was judged of the others is kept beside them
        apart.mkdir()
        told["witnesses"] = load("stages", "witnesses")(files=recorded, **known).run({}, apart, host)
    if file is None:
        return told
    execute = load("stages", "execute")(
        completions=read["completions"], language=known["language"], executor=known["executor"]
    )
    executed = Step("outcomes", execute)
    told["outcomes"] = executed.stage.run(files, out, host)
    files[executed["outcomes"]] = out / "outcomes.parquet"
    raw = None
    if uncut:
        raw = Step("uncut", load("stages", "uncut")(outcomes=executed["outcomes"], **dict(execute)))["uncut"]
        apart = out / "uncut"
        apart.mkdir()
        told["uncut"] = raw.step.stage.run(files, apart, host)
        files[raw] = apart / "uncut.parquet"
    score = load("stages", "score")(
        outcomes=(executed["outcomes"],),
        uncut=(raw,) if raw else None,
        references=(solved,),
        of="file",
        metrics=(load("metrics", "pass@k")(k=ks),),
    )
    told["scores"] = score.run(files, out, host) | {"rows": _rows(out / "scores.parquet")}
    return told


def _benchmark(word: str) -> Any:
    """`humaneval`, `humaneval=FILE`, a file of problems, or a name with options as a spec writes them."""
    import yaml
    from pydantic import ValidationError
    from pydantic_core import PydanticCustomError

    from kcoder.benchmark import Benchmark
    from kcoder.choose import choose
    from kcoder.errors import UsageError

    name, equals, path = word.partition("=")
    told = {name: {"path": path}} if equals and not word.startswith("{") else word
    try:
        return choose(Benchmark, yaml.safe_load(word) if word.startswith("{") else told)
    except PydanticCustomError as error:
        raise UsageError(f"--benchmark: {error.message()}", (error.context or {}).get("hint", "")) from None
    except (ValidationError, yaml.YAMLError) as error:
        raise UsageError(f"--benchmark: {str(error).splitlines()[-1].strip()}", "as in humaneval=FILE") from None


def _rows(file: Path) -> list[dict[str, Any]]:
    import polars as pl

    return pl.read_parquet(file).to_dicts()


def _screen(told: dict[str, Any]) -> str:
    lines = []
    width = max(8, *(len(row["metric"]) for row in told["scores"]["rows"])) + 2
    for row in told["scores"]["rows"]:
        if row["unit"] == "points":
            gained = f"{row['value']:+.1f} points [{row['low']:+.1f}, {row['high']:+.1f}]"
            lines.append(f"  {row['metric']:<{width}}{gained}   {row['interval']}, 95 %")
            continue
        counted = f"{row['k']}/{row['n']}" if row["k"] is not None else f"{row['n']} problems x {row['samples']}"
        share = f"{100 * row['value']:.1f} % [{100 * row['low']:.1f}, {100 * row['high']:.1f}]"
        lines.append(f"  {row['metric']:<{width}}{counted} = {share}   {row['interval']}, 95 %   {row['isolation']}")
    total = sum(told["outcomes"]["verdicts"].values())
    lines.append("")
    for verdict, count in sorted(told["outcomes"]["verdicts"].items(), key=lambda each: -each[1]):
        lines.append(f"  {verdict:<16}{count:>7,}   {100 * count / total:.1f} %")
    lines.append("")
    for row in told["outcomes"]["failures"]:
        words = f"{row['failure']}: {row['cause']}" if row["cause"] else row["failure"]
        lines.append(f"  {words:<48}{row['count']:>7,}")
    if left := told["scores"].get("not_scored"):
        names = ", ".join(each["problem"] for each in left)
        lines.append(f"\n  not scored, since their own solutions fail here: {names}")
    if "witnesses" in told:
        lines += ["", *_witnessed(told["witnesses"])]
    if told["completions"]["missing"]:
        lines.append(f"\n  left out, since nothing answers them: {len(told['completions']['missing'])} problems")
    return "\n".join(lines)


def _solved(told: dict[str, Any]) -> str:
    facts = told["references"]
    failed = facts["why"]
    counted = f"{facts['references'] - len(failed)} of {facts['references']} reference solutions passed"
    lines = [f"  {counted if facts['references'] else 'no reference solutions'}"]
    lines += [f"  {name}: {why}" for name, why in sorted(failed.items())]
    return "\n".join([*lines, *(_witnessed(told["witnesses"]) if "witnesses" in told else ())])


def _witnessed(facts: dict[str, Any]) -> Iterator[str]:
    yield f"  {facts['passed']} of {facts['problems']} problems without a solution are passed by a witness"
    if failed := facts["none_passes"]:
        yield f"  no witness passes: {_problems(failed)}, scored all the same: {', '.join(failed)}"
    if without := facts["without"]:
        yield f"  without a witness: {_problems(without)}"


def _problems(names: list[str]) -> str:
    return f"{len(names)} problem{'s' if len(names) != 1 else ''}"


def _json(told: dict[str, Any]) -> str:
    import json

    return json.dumps(told, indent=1)


def _write(outcomes: Path, output: Path) -> None:
    import polars as pl

    from kcoder.errors import UsageError

    rows = pl.read_parquet(outcomes)
    try:
        rows.write_parquet(output) if output.suffix == ".parquet" else rows.write_ndjson(output)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror or error}") from error
