"""Every two models of a report against each other, on the same problems: as `kcoder compare` does, by the same code.

A family is all comparisons on one benchmark in one language at one temperature: its chances are corrected together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kcoder.paired import Compared, Side, Unranked, pairwise
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, join, tag
from kcoder.reporting.numbers import chance, changed
from kcoder.reporting.passes import held, k_of
from kcoder.reporting.tables import folded, table, unbroken

if TYPE_CHECKING:
    from kcoder.reporting.gather import Model

Row = Mapping[str, Any]
#: problems that are named for each model of a pair
LISTED = 12
#: comparisons in a table that is not folded
SHOWN = 10
#: reasons not to rank two models that are not folded
REASONS = 3
#: how two models are compared, for whoever reads a table of it
HOW = (
    "Differences are in points, with the 95 % interval of a bootstrap over problems: both models keep their results "
    "on a problem that is drawn. p is McNemar's, exact, where each problem has one sample; several are corrected by "
    "Holm's method within a table, the intervals are those of each comparison alone. No clear difference is where the "
    "interval holds 0 or p is above 0.05. Only one solves what the other does not, or less often. What would have been "
    "seen is the smallest difference that so many problems show in four cases of five."
)


def compared(models: Sequence[Model], main: Row | None, split: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """The families of all test problems, by the metric of the main scores. Nothing where that is no pass@k."""
    k = k_of(main["metric"]) if main else None
    if main is None or k is None:
        return
    sides = [Side(model.name, held(model, main["metric"])) for model in models]
    for where in dict.fromkeys(where for side in sides for where in side.held if split(where[0]) == "test"):
        found = pairwise(sides, where, k)
        ranked = [each for each in found if isinstance(each, Compared)]
        if found:
            yield {
                "benchmark": where[0],
                "language": where[1],
                "temperature": where[2],
                "metric": main["metric"],
                "tests": sum(each.chance is not None for each in ranked),
                "pairs": [_pair(each) for each in ranked],
                "unranked": [_unranked(each) for each in found if isinstance(each, Unranked)],
            }


def _pair(found: Compared) -> dict[str, Any]:
    told = found.difference
    return {
        "model": found.name,
        "against": found.against,
        "points": told.points,
        "low": told.low,
        "high": told.high,
        "n": told.n,
        "clear": found.clear,
        "p": found.chance,
        "detectable": found.detectable,
        "only_model": named(found.only_one),
        "only_against": named(found.only_other),
    }


def _unranked(found: Unranked) -> dict[str, Any]:
    return {"model": found.name, "against": found.against, "why": found.why, "hint": found.hint}


def named(problems: Sequence[str]) -> dict[str, Any]:
    """How many, and the first of them."""
    return {"count": len(problems), "problems": list(problems[:LISTED])}


def main_family(told: Row) -> Row | None:
    """The comparisons in the language that is taught, of the main scores."""
    wanted = {**(told["main"] or {}), "language": told["target"]}
    families = told.get("comparisons", ())  # results of before there were comparisons have none
    return next((each for each in families if all(each[name] == value for name, value in wanted.items())), None)


# ---- the page ----------------------------------------------------------------------------------------------


def section(told: Row) -> Iterator[Child]:
    """The taught language's comparisons first; the others and all names of problems are folded."""
    families = told.get("comparisons", ())
    first = main_family(told) or next(iter(families), None)
    for family in sorted(families, key=lambda each: each is not first):
        yield from _family(told, family, open_=family is first)
    if any(family["pairs"] for family in families):
        yield tag("p", HOW, class_="note")


def _family(told: Row, family: Row, open_: bool) -> Iterator[Child]:
    name = f"{language(family['language'])} ({family['benchmark']}, {family['metric']}{_at(family)})"
    reasons = [tag("p", f"{each['why']}; {each['hint']}.", class_="note") for each in family["unranked"]]
    if len(reasons) > REASONS:
        yield folded(f"{name}: {len(reasons)} pairs are not ranked", *reasons)
    else:
        yield from reasons
    if family["pairs"]:
        made = join(_table(told, family, name), _names(told, family, name))
        count = len(family["pairs"])
        summary = f"{name}: {count} comparison{'s' if count != 1 else ''}"
        yield made if open_ and count <= SHOWN else folded(summary, made)


def _at(family: Row) -> str:
    return "" if family["temperature"] is None else f", temperature {family['temperature']:g}"


def _table(told: Row, family: Row, name: str) -> Markup:
    several = family["tests"] > 1
    rows: list[list[Child]] = []
    for pair in family["pairs"]:
        only = (str(pair[side]["count"]) for side in ("only_model", "only_against"))
        rows.append(
            [_who(told, pair), unbroken(changed(pair)), chance(pair["p"]), *only, f"{pair['detectable']:.1f} points"]
        )
    corrected = f"; p corrected by Holm over {family['tests']} comparisons" if several else ""
    head = [
        "models",
        "difference",
        "p (Holm)" if several else "p",
        "only the first",
        "only the second",
        "would have been seen",
    ]
    return table(f"{name}: every two models on the same problems{corrected}", head, rows, "wrap")


def _who(told: Row, pair: Row) -> Markup:
    label = {model["name"]: model["label"] for model in told["models"]}
    one, other = (tag("span", label[pair[side]], class_="whole") for side in ("model", "against"))
    return join(one, " − ", other)


def _names(told: Row, family: Row, name: str) -> Markup | None:
    rows: list[list[Child]] = [
        [_who(told, pair), *(listed(pair[side]) for side in ("only_model", "only_against"))]
        for pair in family["pairs"]
        if pair["only_model"]["count"] or pair["only_against"]["count"]
    ]
    if not rows:
        return None
    head = ["models", "the first solves, or oftener", "the second does"]
    return folded(
        "Problems on which they differ", table(f"{name}: problems on which two models differ", head, rows, "wrap")
    )


def listed(found: Row) -> str | None:
    """The first problems, and how many more there are; None where there is none."""
    more = found["count"] - len(found["problems"])
    return ", ".join(found["problems"]) + (f" and {more} more" if more else "") or None
