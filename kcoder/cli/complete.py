"""`kcoder complete`: ask a run's model, and judge what it writes at once."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from kcoder.cli.sandbox import kept_in


@click.command("complete")
@click.argument("run")
@click.argument("prompt", required=False)
@click.option("--file", "file", metavar="FILE", help="Read the prompt from FILE.")
@click.option("--base", is_flag=True, help="Ask the model it began with.")
@click.option("--variant", metavar="NAME", help="Ask this variant, where there are several.")
@click.option("--language", metavar="L", help="End where this language's functions end.")
@click.option(
    "--tests", metavar="FILE", help="Judge it at once: a test program in that language, as in a folder of problems."
)
@click.option("--samples", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Answers.")
@click.option(
    "--temperature", type=click.FloatRange(0, 5), default=0.0, show_default=True, metavar="T", help="0 is greedy."
)
@click.option("--max-tokens", type=click.IntRange(min=1), default=256, show_default=True, metavar="N", help="At most.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="Of the sampling.")
@kept_in
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
@click.option("--json", "as_json", is_flag=True, help="Print answers and verdicts as JSON.")
def command(
    run: str,
    prompt: str | None,
    file: str | None,
    base: bool,
    variant: str | None,
    language: str | None,
    tests: str | None,
    samples: int,
    temperature: float,
    max_tokens: int,
    seed: int,
    sandbox: str,
    out: str,
    as_json: bool,
) -> None:
    """Complete PROMPT, the text of --file, or what comes on standard input, with the model of RUN: the tuned one, if it
    has tuned one."""
    from kcoder.errors import UsageError
    from kcoder.generator import Request
    from kcoder.host import Host

    if tests and not language:
        raise UsageError("--tests: in which language?", "--language python")
    stops = _stops(language) if language else ()
    name, model = _model(run, Path(out), "base" if base else variant)
    asked = _prompt(prompt, file)
    requests = [
        Request(str(n), asked, temperature, max_tokens=max_tokens, seed=seed + n, stops=stops) for n in range(samples)
    ]
    answers = _answers(model, requests, Host(sandbox=sandbox))
    judged: Sequence[dict[str, Any]] = [{}] * samples
    if tests and language:
        judged = _judged(asked, answers, language, Path(tests), Host(sandbox=sandbox))
    told = [
        {"model": name, "text": text, "finish": finish} | verdict
        for (text, finish), verdict in zip(answers, judged, strict=True)
    ]
    if as_json:
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for number, each in enumerate(told, 1):
        if samples > 1:
            click.echo(f"── {number}")
        click.echo(each["text"].rstrip("\n"))
        if each["finish"] == "length":
            click.echo(f"── cut at {max_tokens} tokens", err=True)
        if "verdict" in each:
            click.echo(f"── {each['verdict']}" + (f": {each['detail']}" if each["detail"] else ""))


def _prompt(prompt: str | None, file: str | None) -> str:
    from kcoder.errors import UsageError

    if prompt is not None and file is not None:
        raise UsageError("there are two prompts: PROMPT and --file", "give one of them")
    if file is not None:
        return _read(file)
    if prompt is not None:
        return prompt
    if sys.stdin.isatty():
        raise UsageError("there is no prompt", "give one behind RUN, in --file, or on standard input")
    return sys.stdin.read()


def _read(file: str) -> str:
    from kcoder.errors import UsageError

    try:
        return Path(file).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{file}: {reason}", "give a file with the text") from None


def _model(run: str, root: Path, wanted: str | None) -> tuple[str, Path]:
    """The name and folder of the model of a run: the one wanted, else its one tuned model, else its base."""
    from kcoder.errors import UsageError, choice
    from kcoder.journal import find_run, read_diary

    folder = find_run(run, root)
    models = read_diary(folder).get("models", {})
    if not models:
        raise UsageError(f"{run} has no model", "run its spec first")
    tuned = [name for name in models if name != "base"]
    if wanted is None and len(tuned) > 1:
        raise UsageError(f"{run} has several models", f"--variant NAME, or --base; there are: {', '.join(tuned)}")
    name = wanted or (tuned[0] if tuned else "base")
    if name not in models:
        raise UsageError(f"{run} has no model called {name}", choice(name, models))
    found = folder.parent / ".store" / str(models[name]["artifact"]) / "model"
    if not found.is_dir():
        raise UsageError(f"the model {name} of {run} is gone: {found} does not exist", "run its spec again")
    return name, found


def _stops(language: str) -> tuple[str, ...]:
    from kcoder.errors import UsageError, choice
    from kcoder.plugin import load, names

    if language not in names("languages"):
        raise UsageError(f"no language is called {language!r}", choice(language, names("languages")))
    return tuple(load("languages", language).stops)


def _answers(model: Path, requests: Sequence[Any], host: Any) -> list[tuple[str, str]]:
    """The text of each answer and what ended it."""
    from kcoder.plugin import load

    with load("generators", "transformers")().open(model, host) as complete:
        found = {answer.id: answer for batch in complete(requests) for answer in batch}
    return [(found[request.id].text, found[request.id].finish) for request in requests]


def _judged(
    prompt: str, answers: Sequence[tuple[str, str]], language: str, tests: Path, host: Any
) -> list[dict[str, Any]]:
    """The verdict on each answer: the stages of `kcoder execute`, over one problem in a folder that is thrown away."""
    from kcoder.plugin import load
    from kcoder.stage import Step

    suffix = load("languages", language).suffixes[0]
    with tempfile.TemporaryDirectory(prefix="kcoder-complete-") as folder:
        out = Path(folder)
        problem = out / "problems"
        problem.mkdir()
        (problem / f"asked.prompt{suffix}").write_text(prompt, "utf-8")
        (problem / f"asked.tests{suffix}").write_text(_read(str(tests)), "utf-8")
        lines = (json.dumps({"task_id": "asked", "completion": text}) + "\n" for text, _ in answers)
        (out / "answers.jsonl").write_text("".join(lines), "utf-8")
        asked = {"benchmark": {"folder": {"path": str(problem)}}, "language": language}
        read = Step("completions", load("stages", "completed")(path=str(out / "answers.jsonl"), **asked))
        read.stage.run({}, out, host)
        execute = load("stages", "execute")(completions=read["completions"], language=language)
        execute.run({read["completions"]: out / "completions.parquet"}, out, host)
        return _outcomes(out / "outcomes.parquet")


def _outcomes(file: Path) -> list[dict[str, Any]]:
    import polars as pl

    return pl.read_parquet(file).sort("sample").select("verdict", "detail", "program", "isolation").to_dicts()
