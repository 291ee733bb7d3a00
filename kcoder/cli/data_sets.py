"""The figures of data sets on a terminal: one at length, several side by side, at most 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kcoder.amounts import duration
from kcoder.cli.evidence import evidence
from kcoder.cli.screen import WIDTH

Told = Mapping[str, Any]

#: columns of a label
LABEL = 15
#: values of programs that the report tells, and the screen has no room for
LESSER = ("halstead_calculated_length", "halstead_volume", "cyclomatic_sum", "cyclomatic_program")
#: the columns of P4's tables, as figures name them
PUBLISHED = {
    "question_mtld": "MTLD",
    "question_spread": "spread",
    "code_spread": "(code)",
    "halstead_vocabulary": "vocab.",
    "halstead_length": "length",
    "halstead_difficulty": "diffic.",
    "cyclomatic": "cyclom.",
}


def screen(told: Told, *, verbose: bool, report: Path | None) -> str:
    """Everything, for a person."""
    sets = told["data_sets"]
    lines = list(_one(sets[0], told) if len(sets) == 1 else _several(sets, told))
    if told["published"]:
        lines += ["", *_published(told)]
    lines += [f"  {message}" for message in told["broken"]]
    if verbose:
        lines += [line for each in sets for line in evidence(each)]
    else:
        lines += ["", f"  {'rows behind the figures: --verbose':<{WIDTH - 35}}"]
    lines += [f"  full report: {report}" if report else "  full report: -o stats.html"]
    return "\n".join(line.rstrip() for line in lines)


# ---- one set ---------------------------------------------------------------------------------------------


def _one(each: Told, told: Told) -> Iterator[str]:
    head = f"{each['name']}   {_rows(each, told)}"
    yield f"{head:<{WIDTH - 9}}{duration(each['seconds']):>8}"
    for said in each["said"]:
        yield f"  {said}"
    yield ""
    yield from _entry("languages", _languages(each))
    yield from _entry("size", _sizes(each))
    yield from _entry("problems", [f"{p['count']:,} {p['label']}" for p in each["problems"]])
    yield from _entry("leaks", _leaks(each["leaks"]))
    if each["left_out"]:
        yield from _entry("left out", [f"{count:,} {reason}" for reason, count in each["left_out"].items()])
    for code in each["code"]:
        yield from ("", *_code(code, told["labels"]))
    yield from ("", *_diversity(each, told))
    yield from _worth(each["look"])


def _leaks(leaks: Told | None) -> list[str]:
    if leaks is None:
        return ["not looked for; add --against humaneval,mbpp"]
    told = [f"{name} {found['problems']:,} of {found['of']:,} problems" for name, found in leaks["benchmarks"].items()]
    told += [f"in {leaks['rows']:,} row{'s' if leaks['rows'] > 1 else ''}"] if leaks["rows"] else []
    if leaks["missing"]:
        told.append(f"not looked for: {', '.join(leaks['missing'])}, which cannot be had here; --against FILE, or none")
    return told


def _code(code: Told, labels: Told) -> Iterator[str]:
    what = f"{code['language']} code"
    if not code["values"]:
        yield f"  {what:<{LABEL}}{code['programs']:,} rows; no scorer tells their complexity"
        return
    counted = f"{code['real']:,} programs of {code['programs']:,} are real code"
    yield f"  {what:<{LABEL}}{counted}, scored by {' and '.join(code['scorers'])}"
    head = ("", "mean", "95 %", "median", "p95", "max")
    shown = {name: found for name, found in code["values"].items() if not name.endswith(LESSER)}
    rows = [(labels.get(name, name), *_described(found)) for name, found in shown.items()]
    if every := code["per_function"].get("cyclomatic"):
        rows.append((f"cyclomatic of all {every['n']:,} functions", *_described(every)))
    yield from table(head, rows)


def _described(found: Told) -> tuple[str, ...]:
    return (number(found["mean"]), interval(found), *(number(found[name]) for name in ("median", "p95", "max")))


def _diversity(each: Told, told: Told) -> Iterator[str]:
    scores = [score for score in each["scores"] if score["language"] is None]
    label = told["labels"]
    rows = [
        (label.get(s["metric"], s["metric"]), number(s["value"]), interval(s), f"{s['n']:,}", _why(s)) for s in scores
    ]
    if rows:
        yield from table(("diversity", "", "95 %", "n", ""), rows)
    else:
        yield f"  {'diversity':<{LABEL}}there are no questions"
    if told["options"]["embedder"]:
        vectors = f"vectors: {told['options']['embedder']}, of {told['options']['vectors']:,} rows at most"
        yield from textwrap.wrap(vectors, WIDTH, initial_indent="    ", subsequent_indent="      ")
    else:
        yield "    question and code spread: skipped, they need an embedder; add --spread"


def _why(score: Told) -> str:
    """Why there is no value."""
    return score["interval"].removeprefix("not defined: ") if score["value"] is None else ""


# ---- several sets ----------------------------------------------------------------------------------------


def _several(sets: Sequence[Told], told: Told) -> Iterator[str]:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    shown.add_column("", no_wrap=False)
    for each in sets:
        shown.add_column(each["name"], overflow="fold")
    lines = [dict(_column(each, told)) for each in sets]
    for label in dict.fromkeys(label for each in lines for label in each):
        shown.add_row(label, *(each.get(label, "–") for each in lines))
    console = Console(width=WIDTH, highlight=False, markup=False, color_system=None)
    with console.capture() as capture:
        console.print(shown)
    yield from capture.get().splitlines()
    if any(rank for found in told["ranks"].values() for rank in found.values()):
        yield "  #1, #2 …: the rank from the highest, where the interval parts from all others"
    yield from _overlap(told["overlap"])
    yield from _worth([f"{each['name']}: {'; '.join(each['look'])}" for each in sets if each["look"]])


def _column(each: Told, told: Told) -> Iterator[tuple[str, str]]:
    yield "rows", _rows(each, told).removesuffix(" rows")
    yield "read", "\n".join(line.removeprefix("read as ") for line in each["said"]) or "as a folder of code"
    yield "languages", "\n".join(_languages(each))
    for name, label in (("question_words", "question words"), ("code_characters", "code characters")):
        yield label, f"{number(each[name]['mean'])} {interval(each[name])}" if each[name] else "–"
    for problem in each["problems"]:
        yield problem["label"], f"{problem['count']:,}"
    yield "leaks", "\n".join(_leaks(each["leaks"]))
    for code in each["code"]:
        counted = f"{code['real']:,} of {code['programs']:,}"
        yield f"{code['language']}: real code", counted if code["scorers"] else "no scorer can tell"
    for score in each["scores"]:
        key = f"{score['language']}.{score['metric']}" if score["language"] else score["metric"]
        rank = told["ranks"].get(key, {}).get(each["name"])
        value = f"{number(score['value'])} {interval(score)}" if score["value"] is not None else f"– ({_why(score)})"
        name = told["labels"].get(score["metric"], score["metric"])
        label = f"{score['language']}: {name}" if score["language"] else name
        yield label, f"{value}{f' #{rank}' if rank else ''}"
    yield "seconds", f"{each['seconds']:.1f}"


def _overlap(overlap: Told) -> Iterator[str]:
    for kind, title in (
        ("exact", "rows that stand in the other set too"),
        ("near", "rows with a near duplicate there"),
    ):
        matrix = overlap[kind]
        names = list(matrix)
        rows = [(one, *("·" if one == other else f"{matrix[one][other]:,}" for other in names)) for one in names]
        yield ""
        yield f"  {title}"
        yield from table(("of ↓   in →", *names), rows)


# ---- parts -----------------------------------------------------------------------------------------------


def _worth(sentences: Sequence[str]) -> Iterator[str]:
    for at, sentence in enumerate(sentences):
        yield from ("", *_entry("worth a look", [sentence])) if not at else _entry("", [sentence])


def _published(told: Told) -> Iterator[str]:
    yield "  as Suresh et al. 2023 count, tables 1 and 2: MTLD and spread of questions, (code) spread,"
    yield "  Halstead vocabulary, length and difficulty, cyclomatic complexity; n data points"
    rows = [_here(each) for each in told["data_sets"]]
    for row in told["published"]["rows"]:
        rows.append((row["name"], *(f"{row[name]:.2f}" for name in PUBLISHED), f"{row['rows']:,}"))
    yield from table(("", *PUBLISHED.values(), "n"), rows)
    yield from textwrap.wrap(told["published"]["note"], WIDTH, initial_indent="    ", subsequent_indent="    ")


def _here(each: Told) -> tuple[str, ...]:
    scores = {score["metric"]: score["value"] for score in each["scores"] if score["language"] is None}
    found = {name: value["mean"] for name, value in each["as_published"].items()} | {
        "question_mtld": scores.get("question_mtld_unfloored"),
        "question_spread": scores.get("question_spread"),
        "code_spread": scores.get("code_spread"),
    }
    counted = {value["n"] for value in each["as_published"].values()} or {0}
    cells = ("–" if found.get(name) is None else f"{found[name]:.2f}" for name in PUBLISHED)
    return (
        textwrap.shorten(f"here: {each['name']}", 28, placeholder="…"),
        *cells,
        f"{max(counted):,}",
    )


def _rows(each: Told, told: Told) -> str:
    if each["rows"] == each["total"]:
        return f"{each['rows']:,} rows"
    return f"a sample of {each['rows']:,} of {each['total']:,} rows (seed {told['options']['seed']})"


def _languages(each: Told) -> list[str]:
    told = []
    for name in dict.fromkeys([*each["languages"], *each["parse"]]):
        words = [f"{each['languages'][name]:,} rows"] if name in each["languages"] else []
        words += [f"{each['parse'][name]:,} parse"] if name in each["parse"] else []
        words += [f"{each['define'][name]:,} of them define something"] if name in each["define"] else []
        told.append(f"{name} {', '.join(words)}")
    return [*told, f"other or mixed {each['other']:,}"] if each["other"] else told


def _sizes(each: Told) -> list[str]:
    told = []
    for name, what, unit in (("question_words", "question", "words"), ("code_characters", "code", "characters")):
        if size := each[name]:
            mean, median, p95 = (f"{size[key]:,.0f}" for key in ("mean", "median", "p95"))
            about = f"{mean} {unit} mean {interval(size)}".rstrip()
            told.append(f"{what} {about}, {median} median, {p95} p95")
    return told


def _entry(label: str, words: Iterable[str]) -> Iterator[str]:
    """A label, and beside it pieces that are parted by spaces and broken between, never within, where they fit."""
    room, line = WIDTH - LABEL - 2, ""
    lines = []
    for word in words:
        joined = f"{line}   {word}" if line else word
        if len(joined) > room and line:
            lines.append(line)
            joined = word
        line = joined
    lines.append(line)
    whole = [piece for each in lines for piece in textwrap.wrap(each, room, subsequent_indent="  ") or [""]]
    for at, piece in enumerate(whole):
        yield f"  {label if not at else '':<{LABEL}}{piece}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned columns: words to the left, figures to the right. The last column may be words."""
    widths = [max(len(str(row[at])) for row in [head, *rows]) for at in range(len(head))]
    made = []
    for row in [head, *rows]:
        indent = "  " if row is head and head[0] else "    "
        first = f"{indent}{row[0]}"
        cells = [f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)]
        made.append("  ".join([f"{first:<{widths[0] + 4}}", *cells]))
    return made


def interval(found: Told) -> str:
    low, high = found["low"], found["high"]
    return "" if low is None and high is None else f"[{number(low)}, {number(high) if high is not None else '∞'}]"


def number(value: float | None) -> str:
    """4.57, 30.39, 194, 2,017; whole numbers whole, small ones with three digits."""
    if value is None:
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.2f}" if size >= 0.1 else f"{value:.3g}"
