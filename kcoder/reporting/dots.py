"""Several data sets in one drawing for each score: a point and its interval for each set, on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, tag
from kcoder.reporting.svg import drawing, error_bars, label, line, marker, scale
from kcoder.reporting.values import number

Told = Mapping[str, Any]

#: px of a panel of intervals, and of a row in it
PANEL, ROW = 330, 22


def panels(told: Told, *, of_code: bool) -> Iterator[Markup]:
    """Of the figures of several sets the scores of code, or those of no language; of one set nothing."""
    sets = told["data_sets"]
    if len(sets) < 2:
        return
    named: dict[tuple[str | None, str], list[tuple[str, Told]]] = {}
    for each in sets:
        for score in each["scores"]:
            if score["value"] is not None and (score["language"] is not None) == of_code:
                named.setdefault((score["language"], score["metric"]), []).append((each["name"], score))
    drawn = [
        _panel(told["labels"].get(metric, metric), spoken, points)
        for (spoken, metric), points in named.items()
        if len(points) > 1
    ]
    if drawn:
        words = "Points are values, bars 95 % intervals; where bars overlap nothing says which set is higher."
        yield tag("figure", tag("div", *drawn, class_="panels"), tag("figcaption", words))


def _panel(name: str, spoken: str | None, points: Sequence[tuple[str, Told]]) -> Markup:
    height = ROW * len(points) * 2 + 26
    ends = [end for _, score in points for end in (score["value"], score["low"], score["high"]) if end is not None]
    x = scale(ends, 8, PANEL - 14, about=4)
    parts: list[Child] = []
    for tick in x.ticks:
        parts.append(line(x(tick), 4, x(tick), height - 24, "grid"))
        parts.append(label(x(tick), height - 8, f"{tick:,.6g}", "middle", "tick"))
    for at, (data_set, score) in enumerate(points):
        y = ROW * (2 * at + 1.5)
        low, high = score["low"], score["high"]
        bar = (x(low), x(high)) if low is not None and high is not None else None
        parts += [label(8, y - 11, data_set, class_="direct")]
        parts += [tag("g", error_bars(x(score["value"]), y, bar, None), class_="m0")]
        parts += [marker("circle", x(score["value"]), y, "m0", 4.5, f"{data_set}: {number(score['value'])}")]
    title = f"{name}, {language(spoken)}" if spoken else name
    return tag("div", tag("h3", title), drawing(PANEL, height, *parts, title=title), class_="panel")
