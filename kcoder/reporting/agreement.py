"""Whether a model solves the same problems in one language as in another.

A problem counts as solved where at least one sample passes. Which problems are the same, the benchmark tells
(`Benchmark.task`); where it does not, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from kcoder.benchmark import kind
from kcoder.estimates import kappa, wilson
from kcoder.paired import Passes
from kcoder.plugin import load, names
from kcoder.reporting.comparisons import listed, named
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, tag
from kcoder.reporting.passes import held, k_of
from kcoder.reporting.tables import folded, table, unbroken

if TYPE_CHECKING:
    from kcoder.reporting.gather import Model

Row = Mapping[str, Any]
#: rows of a table that is not folded
SHOWN = 12


def agreements(models: Sequence[Model], main: Row | None, split: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """For each model and temperature, every two languages in which it was asked the same test problems."""
    if main is None or k_of(main["metric"]) is None:
        return
    for model in models:
        solved = {where: _solved(where[0], each.passes) for where, each in held(model, main["metric"]).items()}
        test = [where for where, tasks in solved.items() if tasks and split(where[0]) == "test"]
        for one, other in combinations(test, 2):
            if (one[0], one[2]) == (other[0], other[2]) and solved[one].keys() & solved[other].keys():
                place = {"model": model.name, "benchmark": one[0], "temperature": one[2]}
                yield place | {"languages": [one[1], other[1]]} | _agreement(solved[one], solved[other])


def _solved(benchmark: str, passes: Passes) -> dict[str, bool]:
    """Whether each problem was solved, by what its id has in common in all languages; empty where ids do not tell."""
    name = kind(benchmark)
    if name not in names("benchmarks"):
        return {}
    tasks = {problem: load("benchmarks", name).task(problem) for problem in passes}
    if None in tasks.values() or len(set(tasks.values())) < len(tasks):
        return {}
    return {str(tasks[problem]): passed > 0 for problem, (passed, _) in passes.items()}


def _agreement(one: Mapping[str, bool], other: Mapping[str, bool]) -> dict[str, Any]:
    common = [task for task in one if task in other]
    first = [task for task in common if one[task] and not other[task]]
    second = [task for task in common if other[task] and not one[task]]
    both = sum(one[task] and other[task] for task in common)
    neither = len(common) - both - len(first) - len(second)
    alike = both + neither
    return {
        "n": len(common),
        "not_common": [len(one) - len(common), len(other) - len(common)],
        "both": both,
        "neither": neither,
        "only_first": named(first),
        "only_second": named(second),
        "agreement": _spanned(alike / len(common), *wilson(alike, len(common))),
        "kappa": _spanned(*found) if (found := kappa(both, len(first), len(second), neither)) else None,
    }


def _spanned(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


# ---- the page ----------------------------------------------------------------------------------------------


def section(told: Row) -> Iterator[Child]:
    """The taught language beside each other at the main scores; all else is folded."""
    rows = told.get("agreement", ())  # results of before there was agreement have none
    if not rows:
        return
    first = [row for row in rows if _main(told, row)] or list(rows)
    others = [row for row in rows if row not in first]
    shown = _table(told, first)
    yield shown if len(first) <= SHOWN else folded(f"{len(first)} pairs of languages", shown)
    if others:
        yield folded("Other languages, benchmarks and temperatures", _table(told, others))
    if apart := _names(told, rows):
        yield folded("Problems solved in one language alone", apart)
    words = (
        "Of the problems that both languages ask. κ is Cohen's: 1 where a problem solved in one language is solved in "
        "the other, 0 where the one tells nothing of the other; – where both solve all of them, or both none. Its "
        "interval is that of the agreement (Wilson), agreement by chance held as it is."
    )
    yield tag("p", words, class_="note")


def _main(told: Row, row: Row) -> bool:
    same = all(row[name] == (told["main"] or {}).get(name) for name in ("benchmark", "temperature"))
    return same and told["target"] in row["languages"]


def _table(told: Row, rows: Sequence[Row]) -> Markup:
    label = {model["name"]: model["label"] for model in told["models"]}
    places = dict.fromkeys((row["benchmark"], row["temperature"]) for row in rows)
    cells: list[list[Child]] = []
    for row in rows:
        counts = (row["both"], row["only_first"]["count"], row["only_second"]["count"], row["neither"], row["n"])
        share = row["agreement"]
        agreed = f"{100 * share['value']:.1f} % [{100 * share['low']:.1f}, {100 * share['high']:.1f}]"
        who = label[row["model"]] if len(places) == 1 else f"{label[row['model']]}, {_place(row)}"
        cells.append([who, _pair(row), *map(str, counts), unbroken(agreed), _kappa(row)])
    caption = "Problems solved in two languages (solved: at least one sample passes)"
    if len(places) == 1:
        caption += f": {_place(rows[0])}"
    head = [
        "model",
        "languages",
        "in both",
        "only in the first",
        "only in the second",
        "in neither",
        "problems",
        "agreement",
        "κ",
    ]
    return table(caption, head, cells, "wrap")


def _kappa(row: Row) -> Markup | None:
    found = row["kappa"]
    if found is None:
        return None
    return unbroken(f"{found['value']:.2f} [{found['low']:.2f}, {found['high']:.2f}]".replace("-", "−"))


def _place(row: Row) -> str:
    return str(row["benchmark"]) + ("" if row["temperature"] is None else f", temperature {row['temperature']:g}")


def _pair(row: Row) -> str:
    return " and ".join(language(name) for name in row["languages"])


def _names(told: Row, rows: Sequence[Row]) -> Markup | None:
    label = {model["name"]: model["label"] for model in told["models"]}
    cells: list[list[Child]] = []
    for row in rows:
        one, other = (language(name) for name in row["languages"])
        for where, side in ((f"{one}, not {other}", "only_first"), (f"{other}, not {one}", "only_second")):
            if row[side]["count"]:
                cells.append([f"{label[row['model']]}, {_place(row)}", where, listed(row[side])])
    head = ["model", "solved in", "problems"]
    return table("Problems solved in one of two languages", head, cells, "wrap") if cells else None
