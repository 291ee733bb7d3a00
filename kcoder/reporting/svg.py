"""Small drawings: scales with round ticks, axes, points, error bars. Colours stand in the style sheet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kcoder.reporting.markup import Child, Markup, join, tag

#: width of a letter of the 12.5 px font, in px: enough to keep labels apart
LETTER = 6.9


@dataclass(frozen=True)
class Scale:
    """A linear map from values to pixels, with the values at which ticks stand."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def scale(values: Iterable[float], start: float, end: float, about: int = 5) -> Scale:
    """A scale that holds all values and begins and ends on a round number: 1, 2 or 5 times a power of ten."""
    held = list(values) or [0.0, 1.0]
    low, high = min(held), max(held)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1.0, 2.0, 5.0, 10.0) if s * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(i * step, 10) for i in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], start, end, ticks)


def drawing(
    width: float, height: float, *parts: Child, title: str, desc: str = "", class_: str | None = None
) -> Markup:
    """An `svg` that scales with its place and tells its content to those who cannot see it."""
    told = (tag("title", title), tag("desc", desc) if desc else None)
    box = f"0 0 {width:g} {height:g}"
    style = f"max-width:{width * 1.15:.0f}px"
    return tag("svg", *told, *parts, viewBox=box, role="img", aria_label=title, class_=class_, style=style)


def label(x: float, y: float, words: str, anchor: str = "start", class_: str | None = None) -> Markup:
    return tag("text", words, x=x, y=y, text_anchor=None if anchor == "start" else anchor, class_=class_)


def fitted(words: str, room: float) -> str:
    """The words, cut where they would take more than this many px."""
    most = int(room / LETTER)
    return words if len(words) <= most else words[: most - 1] + "…"


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: Sequence[tuple[float, float]], class_: str) -> Markup:
    return tag("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), class_=class_)


def axes(x: Scale, y: Scale, across: str, up: str) -> Markup:
    """Grid lines, tick labels and both axes' names, with their units, around the area the scales span."""
    parts: list[Child] = []
    for tick in y.ticks:
        parts.append(line(x.start, y(tick), x.end, y(tick), "axis zero" if tick == y.low else "grid"))
        parts.append(label(x.start - 6, y(tick) + 4, _tick(tick), "end", "tick"))
    for tick in x.ticks:
        parts.append(line(x(tick), y.start, x(tick), y.start + 4, "axis"))
        parts.append(label(x(tick), y.start + 18, _tick(tick), "middle", "tick"))
    parts.append(label(x.end, y.start + 36, f"{across} →", "end", "name"))
    parts.append(label(4, y.end - 12, f"↑ {up}", class_="name"))
    return join(*parts)


def error_bars(x: float, y: float, across: tuple[float, float] | None, up: tuple[float, float] | None) -> Markup:
    """The intervals of a point, in pixels, with small caps."""
    parts: list[Child] = []
    if across:
        parts += [line(across[0], y, across[1], y, "bar")]
        parts += [line(end, y - 3, end, y + 3, "bar") for end in across]
    if up:
        parts += [line(x, up[0], x, up[1], "bar")]
        parts += [line(x - 3, end, x + 3, end, "bar") for end in up]
    return join(*parts)


#: one shape for each method beside its colour, and the cross of the base
SHAPES = ("circle", "square", "triangle", "diamond", "pentagon", "plus")


def marker(shape: str, x: float, y: float, class_: str, r: float = 5.5, told: str = "") -> Markup:
    """A point of this shape; `told` shows when it is pointed at."""
    title = tag("title", told) if told else None
    if shape == "circle":
        return tag("circle", title, cx=x, cy=y, r=r, class_=class_)
    if shape == "cross":
        strokes = f"M{x - r:.1f} {y - r:.1f}l{2 * r} {2 * r}m0 {-2 * r}l{-2 * r} {2 * r}"
        return tag("path", title, d=strokes, class_=class_)
    if shape == "plus":
        arm = 0.4 * r
        offsets = [(-arm, -r), (arm, -r), (arm, -arm), (r, -arm), (r, arm), (arm, arm)]
        offsets += [(-a, -b) for a, b in offsets]
    else:
        count, turn = {"square": (4, 45), "triangle": (3, 0), "diamond": (4, 0), "pentagon": (5, 0)}[shape]
        angles = [math.radians(turn + 360 * i / count) for i in range(count)]
        size = r * (1.25 if count > 3 else 1.35)
        offsets = [(size * math.sin(a), -size * math.cos(a)) for a in angles]
    return tag("polygon", title, points=" ".join(f"{x + a:.1f},{y + b:.1f}" for a, b in offsets), class_=class_)


def _tick(value: float) -> str:
    return f"{value:,.10g}".replace("-", "−")
