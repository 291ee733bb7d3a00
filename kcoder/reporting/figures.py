"""The figures of the page. Each is drawn from results alone; colour is never alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kcoder.records import Verdict
from kcoder.reporting import svg
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, tag

Row = Mapping[str, Any]


def methods(told: Row) -> dict[str, int]:
    """A number for each method, in the spec's order: its colour and its shape."""
    names = dict.fromkeys(m["method"] for m in told["models"] if m["of"] == "tuned")
    return {name: i % len(svg.SHAPES) for i, name in enumerate(names)}


def chosen(told: Row) -> set[str]:
    """The settings that the choice on development problems singles out."""
    selection = told["selection"]
    if not selection:
        return set()
    return {selection["best"], *(n for pair in selection["pairs"] for n in pair["settings"] or ())} - {None}


def key(told: Row, ringed: bool = True) -> Markup:
    """Which shape and colour is which method."""
    entries = [_entry(svg.marker("cross", 9, 9, "base", 6), "base (not tuned)")]
    entries += [_entry(svg.marker(svg.SHAPES[i], 9, 9, f"m{i}"), name) for name, i in methods(told).items() if name]
    if ringed and chosen(told):
        entries.append(_entry(svg.marker("circle", 9, 9, "ring", 8), "chosen on development problems"))
    return tag("ul", *entries, class_="key")


def _entry(drawn: Markup, words: str) -> Markup:
    picture = tag("svg", drawn, viewBox="0 0 18 18", width=18, height=18, aria_hidden="true")
    return tag("li", picture, " ", words)


# ---- learning ----------------------------------------------------------------------------------------------


def learning(history: Row, name: str, like: Sequence[Row]) -> Markup:
    """Loss over steps: a line for training, dots for validation, and where the kept checkpoint was taken.

    The scales hold the curves in `like` too, so that panels can be compared.
    """
    width, height = 340, 220
    losses = [point[1] for other in like for point in [*other["loss"], *other["valid"]]]
    x = svg.scale([0.0, *(float(other["steps"]) for other in like)], 40, width - 16, 4)
    y = svg.scale(losses, height - 46, 32, 4)
    parts: list[Child] = [svg.axes(x, y, "step", "loss, nats a token")]
    parts.append(svg.path([(x(step), y(loss)) for step, loss in history["loss"]], "train"))
    parts.append(svg.path([(x(step), y(loss)) for step, loss in history["valid"]], "valid"))
    parts += [svg.marker("circle", x(s), y(v), "valid", 3, f"step {s}: {v:.3f}") for s, v in history["valid"]]
    if history["kept_step"] is not None:
        at, right = x(history["kept_step"]), x(history["kept_step"]) > width / 2
        words = f"kept: step {history['kept_step']}, {history['kept_valid']:.2f}"
        # a falling loss leaves the top of the panel free
        parts.append(svg.line(at, y.end + 12, at, y(history["kept_valid"]) - 7, "level"))
        parts.append(svg.marker("circle", at, y(history["kept_valid"]), "ring", 7))
        parts.append(svg.label(at + (7 if right else -7), y.end + 7, words, "end" if right else "start", "direct"))
    desc = f"{history['steps']} steps"
    if history["best_valid"] is not None:
        desc += f", lowest validation loss {history['best_valid']:.3f} at step {history['best_step']}"
    return svg.drawing(width, height, *parts, title=f"Loss of {name}", desc=desc)


# ---- problems ----------------------------------------------------------------------------------------------


def strip(told: Row, name: str, width: int) -> Markup | None:
    """A row for each model and a column for each problem; the fuller the cell, the more samples passed."""
    rows = [row for row in told["problems"] if row["language"] == name]
    models = [m for m in told["models"] if any(m["name"] in row["passes"] for row in rows)]
    if not rows:
        return None
    rows.sort(key=lambda row: (-sum(p / n for p, n in row["passes"].values()), row["problem"]))
    left = min(max(len(m["label"]) for m in models) * svg.LETTER + 8, width * 0.36)
    room = width - left - 2
    size = min(14.0, max(9.0, room / len(rows)))
    across = math.ceil(len(rows) / math.ceil(len(rows) / (room // size)))
    size = min(14.0, room / across)
    parts: list[Child] = []
    top = 4.0
    for start in range(0, len(rows), across):
        for model in models:
            parts.append(svg.label(left - 8, top + size - 2.5, svg.fitted(model["label"], left - 8), "end", "tick"))
            for i, row in enumerate(rows[start : start + across]):
                parts.append(_cell(left + i * size, top, size - 1.5, row, model))
            top += max(size + 2, 14)
        top += 10
    solved = [f"{m['label']} {sum(_passed(row, m['name']) for row in rows)}" for m in models]
    desc = f"{len(rows)} problems; solved by " + ", ".join(solved)
    return svg.drawing(width, top, *parts, title=f"{language(name)} problems solved by each model", desc=desc)


def _passed(row: Row, model: str) -> bool:
    return bool(row["passes"].get(model, [0])[0])


def _cell(x: float, y: float, size: float, row: Row, model: Row) -> Markup:
    passed, samples = row["passes"].get(model["name"], (0, 0))
    told = tag("title", f"{row['problem']}, {model['label']}: {passed} of {samples} passed")
    if passed in (0, samples):
        return tag("rect", told, x=x, y=y, width=size, height=size, class_="solved" if passed else "cell")
    # a share fills the cell from below, so that nothing hangs on telling shades apart
    full = size * passed / samples
    whole = tag("rect", x=x, y=y, width=size, height=size, class_="cell")
    return tag("g", told, whole, tag("rect", x=x, y=y + size - full, width=size, height=full, class_="solved"))


# ---- failures ----------------------------------------------------------------------------------------------


def verdicts(told: Row) -> list[str]:
    """The verdicts that occur on the test problems, in the closed set's order."""
    rows = [row for row in told["verdicts"] if told["main"] and row["benchmark"] == told["main"]["benchmark"]]
    return [v.value for v in Verdict if any(row["counts"].get(v.value) for row in rows)]


def failures(told: Row, name: str, shown: Sequence[str]) -> Markup | None:
    """A bar for each model, cut by verdict; each piece that has room holds its count."""
    rows = [
        (model, _counted(told, model["name"], name))
        for model in told["models"]
        if any(_counted(told, model["name"], name).values())
    ]
    if not rows:
        return None
    width, left, tall = 340.0, 4.0, 18.0
    parts: list[Child] = []
    top = 2.0
    for model, counts in rows:
        total, x = sum(counts.values()), left
        parts.append(svg.label(left, top + 12, f"{model['label']}", class_="direct"))
        parts.append(svg.label(width - 2, top + 12, f"{total} programs", "end", "tick"))
        for verdict in (v for v in shown if counts.get(v)):
            size = counts[verdict] / total * (width - left - 2)
            words = tag("title", f"{model['label']}: {verdict} {counts[verdict]} of {total}")
            kind = verdict_class(verdict)
            parts.append(tag("rect", words, x=x, y=top + 17, width=max(size - 1, 0.8), height=tall, class_=kind))
            if size > len(str(counts[verdict])) * svg.LETTER + 4:
                spot = x + (size - 1) / 2, top + 17 + tall - 5
                parts.append(svg.label(*spot, str(counts[verdict]), "middle", f"on-{kind}"))
            x += size
        top += tall + 25
    desc = "; ".join(f"{m['label']}: " + ", ".join(f"{v} {c[v]}" for v in shown if c.get(v)) for m, c in rows)
    return svg.drawing(width, top, *parts, title=f"Verdicts on {language(name)} programs", desc=desc)


def verdict_class(verdict: str) -> str:
    return "v" + str([v.value for v in Verdict].index(verdict))


def _counted(told: Row, model: str, name: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in told["verdicts"]:
        if row["model"] == model and row["language"] == name and row["benchmark"] == told["main"]["benchmark"]:
            for verdict, count in row["counts"].items():
                counts[verdict] = counts.get(verdict, 0) + count
    return counts


def verdict_key(shown: Sequence[str]) -> Markup:
    """Which colour is which verdict, in the order of the bars."""
    return tag(
        "ul",
        *(_entry(tag("rect", x=2, y=2, width=14, height=14, class_=verdict_class(v)), v) for v in shown),
        class_="key",
    )
