"""`kcoder compare`: models of several runs on the same problems."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

    from kcoder.paired import Compared, Held, Side, Where

#: problems that are listed for each side, until --all
LISTED = 12


@click.command("compare")
@click.argument("runs", nargs=-1, required=True)
@click.option("--k", default=1, show_default=True, type=click.IntRange(min=1), help="The k of pass@k.")
@click.option("--all", "every", is_flag=True, help="List every problem on which two models differ.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
@click.option("--out", default="runs", show_default=True, metavar="DIR", help="Where runs and their store are.")
def command(runs: tuple[str, ...], k: int, every: bool, as_json: bool, out: str) -> None:
    """Compare models on the same problems: every one against the first.

    RUNS are runs (all their models), models of runs as RUN/base or RUN/VARIANT, or files of outcomes that
    `kcoder execute -o` wrote. The difference is paired: a bootstrap over problems, and McNemar's exact test where each
    problem has one sample. Models that were evaluated under different settings are not ranked: what differs is named.
    """
    from kcoder.errors import UsageError
    from kcoder.paired import compared

    sides = [side for word in runs for side in _sides(word, Path(out), k)]
    if len(sides) < 2:
        raise UsageError(
            f"there is one model alone to compare: {sides[0].name}", "name two runs, or a run that holds two models"
        )
    found = compared(sides, k)
    click.echo(_json(found, k) if as_json else "\n".join(_screen(found, sides[0], k, every)))


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

    from kcoder.paired import Held, settings

    return {
        (*where, made.get("temperature")): Held(
            {p: told for p, told in passes.items() if (*where, p) not in unscored}, settings(asked, made)
        )
        for where, passes in _passes(pl.read_parquet(table), k).items()
    }


def _of_file(file: Path, k: int) -> Side:
    """A file tells of its settings how many samples there are, and no more."""
    import polars as pl

    from kcoder.errors import UsageError
    from kcoder.paired import Held, Side

    try:
        rows = pl.read_parquet(file) if file.suffix == ".parquet" else pl.read_ndjson(file)
        found = _passes(rows, k)
    except (OSError, pl.exceptions.PolarsError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise UsageError(f"{file}: {first}", "give a file that kcoder execute -o wrote") from None
    return Side(
        str(file),
        {
            (*where, None): Held(passes, {"samples": " and ".join(map(str, sorted({n for _, n in passes.values()})))})
            for where, passes in found.items()
        },
    )


def _passes(rows: pl.DataFrame, k: int) -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
    """Passes and samples of every problem, by benchmark and language. Raises what pass@k raises of outcomes that cannot
    be scored: never judged, there twice, too few."""
    import polars as pl

    from kcoder.plugin import load
    from kcoder.records import Verdict

    load("metrics", "pass@k")(k=(k,)).score(rows.lazy())
    where = ["benchmark", "language", "problem"]
    counted = rows.group_by(where).agg(c=(pl.col("verdict") == Verdict.PASSED.value).sum(), n=pl.len())
    found: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for benchmark, language, problem, c, n in counted.sort(where).iter_rows():
        found.setdefault((benchmark, language), {})[problem] = (c, n)
    return found


# ---- the screen --------------------------------------------------------------------------------------------


def _screen(found: list[Compared], first: Side, k: int, every: bool) -> Iterator[str]:
    from kcoder.estimates import pass_at
    from kcoder.paired import p_value

    width = max(len(name) for each in found for name in (each.name, each.against)) + 2
    for where in dict.fromkeys(each.where for each in found):
        benchmark, language, temperature = where
        passes = first.held[where].passes
        share = sum(pass_at(k, *each) for each in passes.values()) / len(passes)
        at = "" if temperature is None else f", temperature {temperature:g}"
        yield f"{benchmark} in {language}, pass@{k} of {len(passes)} problems{at}"
        yield f"  {first.name:<{width}}{100 * share:6.1f}"
        here = [each for each in found if each.where == where]
        for each in here:
            told = each.difference
            clear = "" if told.clear else " no clear difference"
            gained = f"{told.points:+.1f} [{told.low:+.1f}, {told.high:+.1f}]{clear}"
            chance = "" if each.chance is None else f"   {p_value(each.chance)}{' (Holm)' if len(here) > 1 else ''}"
            value = 100 * share + told.points
            yield f"  {each.name:<{width}}{value:6.1f}   {gained}{chance}"
        for each in here:
            yield f"  a difference of {each.detectable:.1f} points would have been seen in four cases of five"
            yield from _listed(f"{each.name} alone solves, or solves more often", each.only_one, every)
            yield from _listed(f"{each.against} does", each.only_other, every)
        yield ""
    yield "differences in points with the 95 % interval of a bootstrap over problems; p is McNemar's, exact"


def _listed(words: str, names: tuple[str, ...], every: bool) -> Iterator[str]:
    shown = names if every else names[:LISTED]
    more = f", and {len(names) - len(shown)} more: --all" if len(shown) < len(names) else ""
    yield f"    {words}: {len(names)}" + (f"   {', '.join(shown)}{more}" if names else "")


def _json(found: list[Compared], k: int) -> str:
    rows = []
    for each in found:
        told = dataclasses.asdict(each) | {"k": k}
        told["benchmark"], told["language"], told["temperature"] = told.pop("where")
        rows.append(told | {"clear": each.difference.clear})
    return json.dumps(rows, indent=1)
