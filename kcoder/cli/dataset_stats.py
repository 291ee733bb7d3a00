"""`kcoder dataset-stats`: what data sets hold, counted the way a run counts it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

#: looked for where nothing is said, as far as they can be had
USUAL = ("humaneval", "mbpp")
#: seconds the hub has to tell of them: nobody has asked for them
PATIENCE = 5
#: the exit code where a condition of --fail-if holds
FAILED = 4


@click.command("dataset-stats")
@click.argument("sets", nargs=-1, required=True, metavar="FILE|FOLDER|HUB_ID...")
@click.option("--columns", metavar="question=..,code=..", help="The columns to read; guessed where not given.")
@click.option("--language", metavar="L", help="The language of rows that name none.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Look at N rows, drawn by --seed.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="Of the samples.")
@click.option("--published", is_flag=True, help="Also count as Suresh et al. 2023 did, beside their tables.")
@click.option("--against", metavar="A,B=FILE", help="Benchmarks (NAME, NAME=FILE, none) to look for in the rows.")
@click.option("--spread", is_flag=True, help="Also measure question and code spread, which needs an embedder.")
@click.option(
    "--embedder", metavar="NAME", help="Makes the vectors of --spread: sentence (e5-base-v2), hashing, or a model."
)
@click.option("--offline", is_flag=True, envvar="HF_HUB_OFFLINE", help="Use nothing but what is on this machine.")
@click.option("--fail-if", "conditions", multiple=True, metavar="COND", help="Exit with 4 if 'near_duplicates > 1%'.")
@click.option("--verbose", is_flag=True, help="Also list rows behind the figures.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("-o", "output", type=click.Path(path_type=Path), metavar="FILE", help="Write .html or .json.")
def command(
    sets: tuple[str, ...],
    columns: str | None,
    conditions: tuple[str, ...],
    as_json: bool,
    output: Path | None,
    **how: Any,
) -> int:
    """Count what data sets hold: languages, sizes, duplicates, complexity, diversity. Several stand side by side."""
    import json

    from kcoder.artifact import write_durably
    from kcoder.cli.conditions import Condition
    from kcoder.cli.data_sets import screen
    from kcoder.errors import UsageError

    if output and output.suffix not in (".html", ".json"):
        raise UsageError(f"-o {output}: figures are written as .html or .json")
    if output and not output.parent.is_dir():
        raise UsageError(f"-o {output}: there is no folder {output.parent}")
    asked = [Condition.read(each) for each in conditions]
    verbose, offline = how.pop("verbose"), how.pop("offline")
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # the hub's library reads nothing else, when it is imported
    sought, missing = _benchmarks(how.pop("against"))
    stage = _statistics(against=sought, **how)
    told = _figures(stage, sets, _columns(columns), offline=offline)
    _tell_missing(told, missing)
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    if output:
        write_durably(output, (text if output.suffix == ".json" else stage.page(told)).encode())
    if as_json:
        click.echo(text, nl=False)
    else:
        click.echo(screen(told, verbose=verbose, report=output))
    found = [said for each in told["data_sets"] for one in asked if (said := one.found(each["name"], each["named"]))]
    for line in found:
        click.echo(f"kcoder: {line}", err=True)
    return FAILED if found else 0


def _figures(stage: Any, sets: tuple[str, ...], columns: dict[str, str] | None, *, offline: bool) -> dict[str, Any]:
    """Every set is looked for before any is read."""
    from kcoder.host import Host, cores

    sources = {name: _source(word, columns) for name, word in _names(sets).items()}
    moving = sys.stderr.isatty()
    host = Host(workers=cores(), offline=offline, progress=_progress if moving else lambda line: None)
    held = [stage.read(name, source, host) for name, source in sources.items()]
    told: dict[str, Any] = stage.figures(held, host)
    if moving:
        click.echo("\r\x1b[K", nl=False, err=True)
    return told


def _progress(line: str) -> None:
    click.echo(f"\r\x1b[K{line}", nl=False, err=True)


def _statistics(spread: bool, embedder: str | None, language: str | None, **plain: Any) -> Any:
    """The stage that counts, with the options of the command line."""
    from kcoder.errors import UsageError, choice
    from kcoder.plugin import load, names

    if language and language not in names("languages"):
        raise UsageError(f"no language is called {language!r}", choice(language, names("languages")))
    made = _embedder(embedder or "sentence") if spread or embedder else None
    return load("stages", "statistics")(language=language or "", embedder=made, **plain)


def _benchmarks(told: str | None) -> tuple[tuple[Any, ...], dict[str, str]]:
    """The benchmarks that are named, `none`, or the usual ones, and why some of these cannot be had."""
    if told is None:
        return _usual()
    return tuple(_named(told.split(",") if told != "none" else [])), {}


def _usual() -> tuple[tuple[Any, ...], dict[str, str]]:
    import threading

    from kcoder.errors import MachineLacksError
    from kcoder.plugin import load

    usual = {name: load("benchmarks", name)() for name in USUAL}
    answers: dict[str, str] = {}

    def ask() -> None:
        for name, benchmark in usual.items():
            try:
                benchmark.world()
                answers[name] = ""
            except MachineLacksError as error:
                answers[name] = error.message

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PATIENCE)
    known = {name: answers.get(name, f"the hub gave no answer in {PATIENCE} seconds") for name in usual}
    return tuple(usual[n] for n, why in known.items() if not why), {n: why for n, why in known.items() if why}


def _tell_missing(told: dict[str, Any], missing: dict[str, str]) -> None:
    """Note in the figures of each set which of the usual benchmarks its rows were not compared with, and why."""
    nothing: dict[str, Any] = {"benchmarks": {}, "rows": 0, "found": 0, "shown": []}
    for each in told["data_sets"] if missing else ():
        each["leaks"] = (each["leaks"] or nothing) | {"missing": missing}


def _named(words: list[str]) -> Iterator[Any]:
    """The benchmarks of these words. Raises MachineLacksError for one that cannot be had."""
    from kcoder.errors import MachineLacksError, UsageError, choice
    from kcoder.plugin import load, names

    for word in words:
        name, _, path = word.partition("=")
        if name in names("benchmarks"):
            benchmark = load("benchmarks", name)(**({"path": path} if path else {}))
        elif Path(word).is_file():
            benchmark = load("benchmarks", "file")(path=word)
        else:
            hint = f"{choice(name, names('benchmarks'))}; of a file of its problems: {USUAL[0]}=FILE"
            raise UsageError(f"--against: no benchmark and no file is called {word!r}", hint)
        try:
            benchmark.world()
            benchmark.check_texts()
        except MachineLacksError as error:
            raise MachineLacksError(error.message, f"give a file of its problems: --against {name}=FILE") from error
        yield benchmark


def _embedder(word: str) -> Any:
    """The embedder of this name, or of the model that a folder or OWNER/NAME means.

    Raises MachineLacksError, before any work, where the model is not here.
    """
    from kcoder.errors import MachineLacksError, UsageError, choice
    from kcoder.plugin import load, names

    if word not in names("embedders") and "/" not in word and not Path(word).is_dir():
        raise UsageError(f"no embedder is called {word!r}", f"{choice(word, names('embedders'))}, or a model's folder")
    made = load("embedders", word)() if word in names("embedders") else load("embedders", "sentence")(model=word)
    try:
        made.world()
    except MachineLacksError as error:
        hint = f"{error.hint}; --embedder hashing needs no model, and measures wording alone"
        raise MachineLacksError(error.message, hint) from error
    return made


def _columns(told: str | None) -> dict[str, str] | None:
    from kcoder.errors import UsageError

    if told is None:
        return None
    pairs = [part.partition("=") for part in told.split(",")]
    if wrong := [word for word, equals, name in pairs if not (word.strip() and equals and name.strip())]:
        raise UsageError(f"--columns: {wrong[0]!r} names no column", "for example --columns question=text,code=label")
    return {word.strip(): name.strip() for word, _, name in pairs}


def _names(words: tuple[str, ...]) -> dict[str, str]:
    """The words by the names they are shown under: the last part of a path, unless two end alike."""
    from kcoder.errors import UsageError

    if len(set(words)) < len(words):
        raise UsageError(f"{max(words, key=words.count)} is named twice")
    short = [Path(word).name if Path(word).exists() else word for word in words]
    return {word if short.count(name) > 1 else name: word for name, word in zip(short, words, strict=True)}


def _source(word: str, columns: Mapping[str, str] | None) -> Any:
    """The source that a word means. Raises UsageError where nothing is there."""
    from pydantic import ValidationError

    from kcoder.errors import UsageError
    from kcoder.plugin import load
    from kcoder.source import Source

    name, options = Source.of_word(word) or ("files", {"path": word})
    if name == "folder" and columns:
        raise UsageError(f"{word} is a folder of code: it has no columns")
    try:
        return load("sources", name)(**options, **({"columns": columns} if columns else {}))
    except ValidationError as error:
        fault = error.errors()[0]
        raise UsageError(fault["msg"], fault.get("ctx", {}).get("hint", "")) from None
