"""The card of a data set: where its rows come from, under which licences, and what became of them.

Made of what the steps wrote down and of nothing else, in the form that the hub takes for a data set's README.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def data_card(run: str, at: str, steps: list[Row]) -> str:
    """Markdown for the data section named `at` of a run, from the diary's entries of its steps in order."""
    facts = {step["step"].removeprefix(f"{at}."): step.get("facts", {}) for step in steps}
    asked = {step["step"].removeprefix(f"{at}."): step.get("asked", {}) for step in steps}
    read, split = facts.get("read", {}), facts.get("split", {})
    lines = [*_head(read), f"# {run}: {at}", ""]
    lines += [*_source(read, asked.get("read", {})), *_funnel(facts), *_leaks(facts.get("decontaminate", {}))]
    lines += ["## Splits", "", *_table(("split", "rows"), [(n, _n(split[n])) for n in ("train", "valid", "test")]), ""]
    if "near_duplicates_across" in split:
        lines += [
            f"No row of valid or test has a near duplicate in train ({_n(split['groups'])} groups kept whole).",
            "",
        ]
    lines += [f"Made by kcoder; `{at}.read` to `{at}.split` of `run.json` hold every option.", ""]
    return "\n".join(lines)


def _head(read: Row) -> Iterator[str]:
    licences = [name for name in read.get("licences", {}) if name != "unknown"]
    known = len(licences) == 1 and "unknown" not in read.get("licences", {})
    languages = [name for name in read.get("languages", {}) if name != "unknown"]
    yield from ("---", f"license: {licences[0].lower() if known else 'other'}", "tags:", "- code")
    yield from (f"- {name}" for name in languages)
    yield from ("---", "")


def _source(read: Row, asked: Row) -> Iterator[str]:
    if not read:
        return
    yield from (
        "## Source",
        "",
        "```json",
        json.dumps(_told(asked.get("source", {})), indent=1, ensure_ascii=False),
        "```",
    )
    yield from ("", f"{_n(read['found'])} rows met, {_n(read['rows'])} read, {_n(read['characters'])} characters.", "")
    if read.get("left_out"):
        yield from _table(("left out", "rows"), [(why, _n(n)) for why, n in read["left_out"].items()])
        yield ""
    yield from ("## Licences", "")
    yield from _table(("licence", "rows"), [(name, _n(n)) for name, n in read.get("licences", {}).items()])
    yield from ("", "A licence is what the source says of a row, or of itself; nobody has checked it.", "")


def _told(source: Any) -> Any:
    """The source as it was asked for, without what is ours alone."""
    if isinstance(source, Mapping):
        return {name: _told(value) for name, value in source.items() if name != "revision"}
    return source


def _funnel(facts: Mapping[str, Row]) -> Iterator[str]:
    rows = []
    for step, told in facts.items():
        for reason, count in told.get("dropped", {}).items() if isinstance(told.get("dropped"), Mapping) else ():
            rows.append((step, reason, _n(count)))
        for reason, count in told.get("flagged", {}).items():
            rows.append((step, f"{reason} (flagged, kept)", _n(count)))
    yield from ("## What was dropped", "")
    yield from _table(("step", "reason", "rows"), rows) if rows else ["Nothing."]
    yield ""


def _leaks(facts: Row) -> Iterator[str]:
    yield from ("## Benchmark problems", "")
    if not facts:
        yield from ("No benchmark's problems were looked for.", "")
        return
    found = [(name, _n(told["problems"]), _n(len(told["found"]))) for name, told in facts.get("benchmarks", {}).items()]
    yield from _table(("benchmark", "problems looked for", "found in rows"), found)
    yield from (f"\nNot looked for: {name} ({why})." for name, why in facts.get("missing", {}).items())
    yield ""


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def _n(count: int) -> str:
    return f"{count:,}"
