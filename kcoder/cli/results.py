"""A run's results on a terminal: the table, the answer, and where to read on."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from kcoder.cli.screen import WIDTH
from kcoder.records import CUT_LESS_UNCUT, UNCUT


def answer(folder: Path, *, left: int) -> str:
    """What came out of a run, from its results.json; `left` counts the steps that were left out."""
    lines: list[str] = [""]
    try:
        told = json.loads((folder / "results.json").read_bytes())
    except (OSError, ValueError):
        told = {}
    if left:
        lines.append(f"{left} steps are left: run the spec without --only, --from, --until and --variant\n")
    else:
        rows = [s for s in told.get("scores", []) if s.get("split") != "dev"]
        uncut = [row for row in rows if row["metric"].endswith((UNCUT, CUT_LESS_UNCUT))]
        of_documents = [row for row in rows if "@" not in row["metric"] and row not in uncut]
        cut = [row for row in rows if row not in of_documents and row not in uncut]
        lines += [*_table(cut), *_table(uncut), *_table(of_documents), *_sentences(told)]
    for what, name in (("full story", "report.html"), ("every number", "results.csv"), ("log", "log.txt")):
        if (folder / name).exists():
            lines.append(f"  {what:<13}{folder / name}")
    return "\n".join(lines)


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """Models against languages: pass@k as k/n = p % [low, high], and what was measured on documents in its own unit.

    Beneath a model, where there are such, its scores on the problems that no training row holds, and on the others.
    """
    if not rows:
        return []
    columns = list(dict.fromkeys((r["language"], r["metric"], r["temperature"]) for r in rows))
    several = len({c[2] for c in columns if c[2] is not None}) > 1
    names = {_line(r): r["model"] if _line(r)[1] == "all" else f"  {_line(r)[1]}" for r in rows}
    cells = {(*_line(r), r["language"], r["metric"], r["temperature"]): _cell(r) for r in rows}
    heads = [f"{lang} {metric}{f' T={t:g}' if several and t is not None else ''}" for lang, metric, t in columns]
    first = max(map(len, names.values())) + 2
    widths = [
        max([len(h), *(len(cells.get((*n, *c), "")) for n in names)]) + 3 for h, c in zip(heads, columns, strict=True)
    ]
    lines: list[str] = []
    for block in _blocks(widths, WIDTH - 2 - first):
        lines.append("  " + " " * first + "".join(f"{heads[c]:<{widths[c]}}" for c in block).rstrip())
        for line, name in names.items():
            told_cells = "".join(f"{cells.get((*line, *columns[c]), ''):<{widths[c]}}" for c in block)
            lines.append(f"  {name:<{first}}{told_cells}".rstrip())
        lines.append("")
    return lines


def _blocks(widths: list[int], room: int) -> list[list[int]]:
    """The columns' numbers, as many together as there is room for."""
    blocks: list[list[int]] = []
    for number, width in enumerate(widths):
        if not blocks or sum(widths[c] for c in blocks[-1]) + width > room:
            blocks.append([])
        blocks[-1].append(number)
    return blocks


def _line(row: dict[str, Any]) -> tuple[str, str]:
    """The model, and of which problems a score is."""
    return row["model"], row.get("problems", "all")


def _cell(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return str(row.get("interval") or "not defined")
    if row.get("unit") == "points":
        return f"{row['value']:+.1f} [{row['low']:+.1f}, {row['high']:+.1f}]"
    if row.get("unit"):
        shown = "" if row.get("low") is None else f" [{row['low']:.3f}, {row['high']:.3f}]"
        return f"{row['value']:.3f}{shown} of {row['n']}"
    value = f"{100 * row['value']:.1f} % [{100 * row['low']:.1f}, {100 * row['high']:.1f}]"
    return f"{row['k']}/{row['n']} = {value}" if row.get("k") is not None else f"{value} of {row['n']}"


def _sentences(told: dict[str, Any]) -> list[str]:
    lines = []
    for sentence in told.get("answer", []):
        lines += textwrap.wrap(sentence, WIDTH - 2, initial_indent="  ", subsequent_indent="  ")
    return [*lines, ""] if lines else []
