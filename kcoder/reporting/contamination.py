"""Whether the problems of the benchmark stood in the training data, and the scores of those that did apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kcoder.benchmark import known_as
from kcoder.reporting import find
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, join, tag
from kcoder.reporting.numbers import scored
from kcoder.reporting.tables import table, unbroken

Row = Mapping[str, Any]


def apart(told: Row) -> Markup | None:
    """Every model's main scores on clean and on contaminated problems; None where no problem is contaminated."""
    parts = find.parts(told)
    spoken = [name for name in (told["target"], *told["kept"]) if any(row["language"] == name for row in parts)]
    rows: list[list[Child]] = []
    for model in told["models"]:
        mine = [row for row in parts if row["model"] == model["name"]]
        for problems in dict.fromkeys(row["problems"] for row in mine):
            cells = {row["language"]: unbroken(scored(row)) for row in mine if row["problems"] == problems}
            name = tag("span", model["label"], title=model["name"], class_="whole")
            rows.append([join(name, tag("div", problems, class_="change")), *(cells.get(name) for name in spoken)])
    if not rows:
        return None
    main = told["main"]
    caption = (
        f"{main['metric']} on the problems of {main['benchmark']} that stand in a row which was learnt from "
        "(contaminated) and on the others (clean), for the base too. Changes and comparisons are those on all problems."
    )
    return table(caption, ["model, problems", *(language(name) for name in spoken)], rows, "scores")


def looked_for(told: Row, diary: Row) -> Markup | None:
    """What was done about the benchmark's problems in each set of rows; None where the diary knows of no rows."""
    steps = diary.get("steps") or ()
    benchmark = known_as(told["main"]["benchmark"])
    said = [f"{at}: {what}." for at, what in _done(steps, benchmark)]
    if any(_is(step, "borrow") for step in steps):
        said.append("What the model had learnt before it came here is not known.")
    if not said:
        return None
    return tag("p", f"Problems of {benchmark} in the rows to learn from. ", " ".join(said), class_="note")


def _done(steps: Sequence[Row], benchmark: str) -> Iterator[tuple[str, str]]:
    """Each data section, with its variants where they differ, and what came of looking for the benchmark in it."""
    held: dict[str, dict[str, list[str]]] = {}
    for split in (step for step in steps if _is(step, "split")):
        at = split["step"].rpartition(".")[0]
        beside = (s for s in steps if s["step"] == f"{at}.decontaminate" and {*s["variants"]} & {*split["variants"]})
        held.setdefault(at, {}).setdefault(_what(next(beside, None), benchmark), []).extend(split["variants"])
    for at, found in held.items():
        for what, variants in found.items():
            yield (at if len(found) == 1 else f"{at} ({', '.join(variants)})"), what


def _what(step: Row | None, benchmark: str) -> str:
    facts = step["facts"] if step else {}
    of = facts.get("benchmarks", {})
    if step is None or benchmark not in of:
        reason = facts.get("missing", {}).get(benchmark)
        return "not looked for in the training data" + (f" ({reason})" if reason else "")
    found = f"looked for, {len(of[benchmark]['found'])} of its {of[benchmark]['problems']} problems found"
    if step["asked"].get("mode") != "drop":
        return f"{found}, every row kept"
    rows = f"{facts['leaking']:,} row{'s' if facts['leaking'] != 1 else ''} dropped"
    return f"{found}, {rows}{' for all benchmarks together' if len(of) > 1 else ''}"


def _is(step: Row, stage: str) -> bool:
    return bool(step.get("asked", {}).get("is") == stage)
