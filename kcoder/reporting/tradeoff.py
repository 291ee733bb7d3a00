"""The first figure: how much of a new language was gained against how much of an old one was kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kcoder.reporting import find, svg
from kcoder.reporting.figures import chosen, methods
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, tag
from kcoder.reporting.numbers import interval, points, scored
from kcoder.reporting.place import Box, along, place

Row = Mapping[str, Any]
#: a method's number, and the places of its settings in px
Front = tuple[int, list[tuple[float, float]]]


@dataclass(frozen=True)
class Point:
    """A tuned model: its score in the kept language, what it gained in the target language."""

    model: Row
    score: Row
    change: Row

    def across(self, x: svg.Scale) -> tuple[float, float, float]:
        """Where the score and the ends of its interval stand, in px."""
        return x(100 * self.score["value"]), x(100 * self.score["low"]), x(100 * self.score["high"])

    def up(self, y: svg.Scale) -> tuple[float, float, float]:
        return y(self.change["points"]), y(self.change["low"]), y(self.change["high"])

    def words(self, kept: str) -> str:
        gained = f"{points(self.change['points'])} points {interval(self.change)}"
        return f"{self.model['label']}: {language(kept)} {scored(self.score)}, gained {gained}"


def tradeoff(told: Row, kept: str, width: int) -> Markup | None:
    """A point for each variant with both intervals; None where nothing can be set against the base."""
    shown = list(_points(told, kept))
    base = next((m for m in told["models"] if m["of"] == "base"), None)
    start = find.score(told, base["name"], kept) if base else None
    if not shown or start is None:
        return None
    height = 430 if width > 400 else 380
    ends = [100 * row[end] for row in (start, *(p.score for p in shown)) for end in ("value", "low", "high")]
    x = svg.scale(ends, 44, width - 14, 6 if width > 400 else 4)
    gains = [p.change[end] for p in shown for end in ("points", "low", "high")]
    y = svg.scale([0.0, *gains], height - 48, 34)
    begin = x(100 * start["value"])
    fronts = list(_fronts(told, shown, x, y))
    names = f"{language(kept)} kept: {told['main']['metric']}, %", f"{language(told['target'])} gained, points"
    return svg.drawing(
        width,
        height,
        svg.axes(x, y, *names),
        svg.line(x.start, y(0), x.end, y(0), "level"),
        svg.line(begin, y.start, begin, y.end, "level"),
        *(svg.path(places, f"m{number} front") for number, places in fronts),
        *_marks(told, shown, kept, x, y),
        svg.marker("cross", begin, y(0.0), "base", 6, f"base: {language(kept)} {scored(start)}"),
        *_names(shown, fronts, begin, x, y),
        title=f"{language(told['target'])} gained against {language(kept)} kept",
        desc="; ".join(p.words(kept) for p in shown),
    )


def _points(told: Row, kept: str) -> Iterator[Point]:
    for model in told["models"]:
        score, change = (
            find.score(told, model["name"], kept),
            find.change(told, model["name"], told["target"]),
        )
        if model["of"] == "tuned" and score and change:
            yield Point(model, score, change)


def _fronts(told: Row, shown: Sequence[Point], x: svg.Scale, y: svg.Scale) -> Iterator[Front]:
    """For each method its number and its settings' places, in order of learning rate."""
    for method, number in methods(told).items():
        mine = [p for p in shown if p.model["method"] == method]
        rates = [p.model["settings"].get("train.learning_rate") for p in mine]
        if len(mine) > 1 and all(isinstance(rate, int | float) for rate in rates):
            mine.sort(key=lambda p: p.model["settings"]["train.learning_rate"])
            yield number, [(p.across(x)[0], p.up(y)[0]) for p in mine]


def _marks(told: Row, shown: Sequence[Point], kept: str, x: svg.Scale, y: svg.Scale) -> Iterator[Child]:
    number, ringed = methods(told), chosen(told)
    for p in shown:
        (at_x, *ends_x), (at_y, *ends_y) = p.across(x), p.up(y)
        bars = svg.error_bars(at_x, at_y, (ends_x[0], ends_x[1]), (ends_y[0], ends_y[1]))
        yield tag("g", bars, class_=f"m{number[p.model['method']]} soft")
    for p in shown:
        at_x, at_y, kind = p.across(x)[0], p.up(y)[0], number[p.model["method"]]
        if p.model["name"] in ringed:
            yield svg.marker("circle", at_x, at_y, "ring", 10.5)
        yield svg.marker(svg.SHAPES[kind], at_x, at_y, f"m{kind}", told=p.words(kept))


def _names(
    shown: Sequence[Point], fronts: Sequence[Front], begin: float, x: svg.Scale, y: svg.Scale
) -> Iterator[Child]:
    """The models' names beside their points."""
    spots = [("base", begin, y(0.0)), *((p.model["label"], p.across(x)[0], p.up(y)[0]) for p in shown)]
    dots = [Box(at_x - 10, at_y - 10, 20, 20) for _, at_x, at_y in spots]
    bars = [box for _, places in fronts for box in along(places)]
    for p in shown:
        (at_x, left, right), (at_y, bottom, top) = p.across(x), p.up(y)
        bars += [Box(left, at_y - 3, right - left, 6), Box(at_x - 3, top, 6, bottom - top)]
    inside = Box(x.start + 2, y.end - 4, x.end - x.start + 8, y.start - y.end)
    for (words, *_), at in zip(spots, place(spots, dots, bars, inside), strict=True):
        yield svg.label(*at, words, class_="direct")
