"""`kcoder compare`: models of several runs on the same problems."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kcoder.cli.screen import WIDTH

if TYPE_CHECKING:
    import polars as pl

    from kcoder.paired import Compared, Held, Side, Where

#: problems that are listed for each side, until --all
LISTED = 12
#: what tells a problem from every other
PROBLEM = ("benchmark", "language", "problem")
#: what is told of a score
SCORE = ("value", "low", "high", "k", "n", "interval", "isolation")


@click.command("compare")
@click.argument("runs", nargs=-1, required=True)
@click.option("--k", default=1, show_default=True, type=click.IntRange(min=1), help="The k of pass@k.")
@click.option("--all", "every", is_flag=True, help="List every problem on which two models differ.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
@click.option("-o", "output", type=click.Path(path_type=Path), metavar="FILE", help="Write .html or .json.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(runs: tuple[str, ...], k: int, every: bool, as_json: bool, output: Path | None, out: str) -> None:
    """Compare models on the same problems: every one against the first.

    RUNS are runs (all their models), models of runs as RUN/base or RUN/VARIANT, or files of outcomes that
    `kcoder execute -o` wrote. The difference is paired: a bootstrap over problems, and McNemar's exact test where each
    problem has one sample. Models that were evaluated under different settings are not ranked: what differs is named.
    """
    from kcoder.artifact import write_durably
    from kcoder.errors import UsageError
    from kcoder.paired import compared
    from kcoder.plugin import load

    if output and output.suffix not in (".html", ".json"):
        raise UsageError(f"-o {output}: a comparison is written as .html or .json")
    if output and not output.parent.is_dir():
        raise UsageError(f"-o {output}: there is no folder {output.parent}")
    sides = [side for word in runs for side in _sides(word, Path(out), k)]
    if len(sides) < 2:
        raise UsageError(
            f"there is one model alone to compare: {sides[0].name}", "name two runs, or a run that holds two models"
        )
    found = compared(sides, k)
    told = _told(found, k)
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    if output:
        page = load("stages", "report").comparison
        write_durably(output, (text if output.suffix == ".json" else page(told)).encode())
    click.echo(text if as_json else "\n".join(_screen(found, k, every)), nl=not as_json)
    if output and not as_json:
        click.echo(f"\nfull story   {output}")


def _sides(word: str, out: Path, k: int) -> Iterator[Side]:
    """The models that a word names. Raises UsageError, and what pass@k raises of outcomes that cannot be scored."""
    from kcoder.errors import UsageError, choice
    from kcoder.journal import find_run, read_diary

    if Path(word).suffix in (".parquet", ".jsonl", ".ndjson"):
        yield _of_file(Path(word), k)
        return
    name, _, wanted = word.partition("/") if not (out / word / "run.json").is_file() else (word, "", "")
    folder = find_run(name, out)
    sides = {side.name: side for side in _of_run(folder, read_diary(folder), k)}
    if not sides:
        raise UsageError(f"{name} has no outcomes to compare", "its spec needs a section: evaluate")
    if wanted and f"{name}/{wanted}" not in sides:
        raise UsageError(f"{name} has no model {wanted}", choice(wanted, [each.partition("/")[2] for each in sides]))
    yield from [sides[f"{name}/{wanted}"]] if wanted else sides.values()


def _of_run(folder: Path, diary: Mapping[str, Any], k: int) -> Iterator[Side]:
    """The base, and what each variant made of it, with the outcomes of the section that evaluates."""
    from kcoder.paired import Side

    steps = diary.get("steps", [])
    by_key = {entry["key"]: entry for entry in steps}
    left = [row for entry in steps for row in entry.get("facts", {}).get("not_scored", ())]
    unscored = {(row["benchmark"], row["language"], row["problem"]) for row in left}
    bases: dict[str, str] = {}
    found: dict[str, dict[Where, Held]] = {}
    for entry in steps:
        section, of, *_ = [*str(entry["step"]).split("."), "", ""]
        table = folder.parent / ".store" / entry["artifact"] / "outcomes.parquet"
        if section != "evaluate" or not table.is_file():
            continue
        asked = entry["asked"]
        made = by_key.get(asked.get("completions", {}).get("key"), {}).get("asked", {})
        models = [each or "tuned" for each in entry["variants"]]
        if of == "base":  # variants may begin with models of their own
            key = str((made.get("model") or {}).get("key"))
            models = [bases.setdefault(key, "base" if not bases else f"base of {models[0]}")]
        for model in models:
            found.setdefault(model, {}).update(_held(table, asked, made, unscored, k))
    for model, held in found.items():
        yield Side(f"{folder.name}/{model}", held)


def _held(
    table: Path, asked: Mapping[str, Any], made: Mapping[str, Any], unscored: set[tuple[str, str, str]], k: int
) -> dict[Where, Held]:
    """What a step found, without the problems that no score holds. `asked` is of the step, `made` of the one that
    completed."""
    import polars as pl

    from kcoder.paired import settings

    left = pl.DataFrame(sorted(unscored), schema=dict.fromkeys(PROBLEM, pl.String), orient="row")
    rows = pl.read_parquet(table).join(left, on=PROBLEM, how="anti")
    found = _scored(rows, k) if rows.height else {}
    told = settings(asked, made)
    return {(*where, made.get("temperature")): replace(held, settings=told) for where, held in found.items()}


def _of_file(file: Path, k: int) -> Side:
    """A file tells of its settings how many samples there are, and no more."""
    import polars as pl

    from kcoder.errors import UsageError
    from kcoder.paired import Side

    try:
        rows = pl.read_parquet(file) if file.suffix == ".parquet" else pl.read_ndjson(file)
        found = _scored(rows, k)
    except (OSError, pl.exceptions.PolarsError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise UsageError(f"{file}: {first}", "give a file that kcoder execute -o wrote") from None
    samples = {
        where: " and ".join(map(str, sorted({n for _, n in held.passes.values()}))) for where, held in found.items()
    }
    return Side(
        str(file),
        {(*where, None): replace(held, settings={"samples": samples[where]}) for where, held in found.items()},
    )


def _scored(rows: pl.DataFrame, k: int) -> dict[tuple[str, str], Held]:
    """Passes and samples of every problem and the score, by benchmark and language. Raises what pass@k raises of
    outcomes that cannot be scored: never judged, there twice, too few."""
    import polars as pl

    from kcoder.paired import Held
    from kcoder.plugin import load
    from kcoder.records import Verdict

    scores = load("metrics", "pass@k")(k=(k,)).score(rows.lazy()).sort("benchmark", "language")
    counted = rows.group_by(PROBLEM).agg(c=(pl.col("verdict") == Verdict.PASSED.value).sum(), n=pl.len())
    passes: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for benchmark, language, problem, c, n in counted.sort(PROBLEM).iter_rows():
        passes.setdefault((benchmark, language), {})[problem] = (c, n)
    found = {}
    for row in scores.to_dicts():
        where = row["benchmark"], row["language"]
        found[where] = Held(passes[where], score={name: row[name] for name in SCORE})
    return found


# ---- the screen --------------------------------------------------------------------------------------------


def _screen(found: list[Compared], k: int, every: bool) -> Iterator[str]:
    from kcoder.paired import p_value

    width = max(len(name) for each in found for name in (each.name, each.against)) + 2
    for where in dict.fromkeys(each.where for each in found):
        benchmark, language, temperature = where
        here = [each for each in found if each.where == where]
        at = "" if temperature is None else f", temperature {temperature:g}"
        yield f"{benchmark} in {language}, pass@{k} of {here[0].difference.n} problems{at}"
        yield f"  {here[0].against:<{width}}{100 * here[0].scores[1]['value']:6.1f}"
        for each in here:
            told = each.difference
            clear = "" if each.clear else " no clear difference"
            gained = f"{told.points:+.1f} [{told.low:+.1f}, {told.high:+.1f}]{clear}"
            chance = "" if each.chance is None else f"   {p_value(each.chance)}{' (Holm)' if len(here) > 1 else ''}"
            yield f"  {each.name:<{width}}{100 * each.scores[0]['value']:6.1f}   {gained}{chance}"
        for each in here:
            yield f"  a difference of {each.detectable:.1f} points would have been seen in four cases of five"
            yield from _listed(f"{each.name} alone solves, or solves more often", each.only_one, every)
            yield from _listed(f"{each.against} does", each.only_other, every)
        for said in dict.fromkeys(filter(None, (each.isolation() for each in here))):
            yield from textwrap.wrap(f"note: {said}", WIDTH, initial_indent="  ", subsequent_indent="    ")
        yield ""
    yield "differences in points with the 95 % interval of a bootstrap over problems; p is McNemar's, exact"
    yield "no clear difference is where the interval holds 0 or p is above 0.05"


def _listed(words: str, names: tuple[str, ...], every: bool) -> Iterator[str]:
    shown = names if every else names[:LISTED]
    more = f", and {len(names) - len(shown)} more: --all" if len(shown) < len(names) else ""
    yield f"    {words}: {len(names)}" + (f"   {', '.join(shown)}{more}" if names else "")


def _told(found: list[Compared], k: int) -> list[dict[str, Any]]:
    rows = []
    for each in found:
        told = asdict(each) | {"k": k, "clear": each.clear, "isolation": each.isolation()}
        told["benchmark"], told["language"], told["temperature"] = told.pop("where")
        rows.append(told)
    return rows
