"""The page of `kcoder compare`: for each benchmark a figure of the differences, a table, and who solves what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kcoder.reporting import svg
from kcoder.reporting.comparisons import HOW
from kcoder.reporting.document import document, figure, section, twice
from kcoder.reporting.labels import language
from kcoder.reporting.markup import Child, Markup, join, tag
from kcoder.reporting.numbers import chance, changed, scored
from kcoder.reporting.tables import folded, table, unbroken

Row = Mapping[str, Any]
#: px of the figure for a desk and for a phone, and of a model in it
WIDE, NARROW, TALL = 720, 330, 44
#: models that the heading names
NAMED = 2


def page(rows: Sequence[Row]) -> str:
    """The whole document, of a row for each model, benchmark and language: what `kcoder compare --json` prints."""
    places = list(dict.fromkeys((row["benchmark"], row["language"], row["temperature"]) for row in rows))
    sections = []
    for number, place in enumerate(places):
        here = [row for row in rows if (row["benchmark"], row["language"], row["temperature"]) == place]
        sections.append(section(f"place-{number}", _title(here[0]), *_place(here)))
    names = list(dict.fromkeys(row["name"] for row in rows))
    who = ", ".join(names) if len(names) <= NAMED else f"{len(names)} models"
    heading = f"{who} against {rows[0]['against']}"
    return document(heading, "kcoder · compare", heading, *sections, tag("p", HOW, class_="note"))


def _title(row: Row) -> str:
    at = "" if row["temperature"] is None else f", temperature {row['temperature']:g}"
    return f"{row['benchmark']} in {language(row['language'])}, pass@{row['k']}{at}"


def _place(rows: Sequence[Row]) -> Iterator[Child]:
    against = rows[0]["against"]
    words = (
        f"Points above {against} on the same {rows[0]['difference']['n']} problems. Bars are 95 % intervals; a hollow "
        "point is no clear difference."
    )
    yield figure(join(*twice(drawn(rows, WIDE), drawn(rows, NARROW))), words)
    yield _table(rows)
    for said in dict.fromkeys(row["isolation"] for row in rows if row["isolation"]):
        yield tag("p", f"{said}.", class_="note")
    for row in rows:
        for one, other, names in ((row["name"], against, "only_one"), (against, row["name"], "only_other")):
            if row[names]:
                summary = f"{one} solves, or solves oftener than {other}: {len(row[names])}"
                yield folded(summary, tag("p", ", ".join(row[names]), class_="names"))


def _table(rows: Sequence[Row]) -> Markup:
    several = sum(row["chance"] is not None for row in rows) > 1
    cells: list[list[Child]] = [[rows[0]["against"], unbroken(scored(rows[0]["scores"][1])), *[None] * 5]]
    for row in rows:
        told = {**row["difference"], "clear": row["clear"]}
        only = (str(len(row[names])) for names in ("only_one", "only_other"))
        seen = f"{row['detectable']:.1f} points"
        cells.append(
            [
                row["name"],
                unbroken(scored(row["scores"][0])),
                unbroken(changed(told)),
                chance(row["chance"]),
                *only,
                seen,
            ]
        )
    head = [
        "model",
        "score",
        "difference",
        "p (Holm)" if several else "p",
        "only it",
        "only the other",
        "would have been seen",
    ]
    return table(f"Models against {rows[0]['against']}, problem by problem", head, cells, "wrap")


def drawn(rows: Sequence[Row], width: int) -> Markup:
    """A point and its interval for each model, beside the line of the one that all are compared with."""
    height = TALL * len(rows) + 46
    ends = [0.0, *(row["difference"][end] for row in rows for end in ("points", "low", "high"))]
    x = svg.scale(ends, 14, width - 14, 8 if width > NARROW else 4)
    parts: list[Child] = []
    for tick in x.ticks:
        parts.append(svg.line(x(tick), 4, x(tick), height - 40, "level" if tick == 0 else "grid"))
        parts.append(
            svg.label(x(tick), height - 24, f"{tick:+,.10g}".replace("-", "−") if tick else "0", "middle", "tick")
        )
    parts.append(svg.label(width - 4, height - 4, "points →", "end", "name"))
    for at, row in enumerate(rows):
        told, y = row["difference"], TALL * at + 32
        words = f"{row['name']}: {changed({**told, 'clear': row['clear']})}"
        bar = x(told["low"]), x(told["high"])
        kind = "m0" if row["clear"] else "hollow"
        parts.append(svg.label(8, y - 14, svg.fitted(row["name"], width - 16), class_="direct"))
        parts.append(tag("g", svg.error_bars(x(told["points"]), y, bar, None), class_="m0"))
        parts.append(svg.marker("circle", x(told["points"]), y, kind, told=words))
    title = f"Points above {rows[0]['against']}"
    desc = "; ".join(f"{row['name']} {changed({**row['difference'], 'clear': row['clear']})}" for row in rows)
    return svg.drawing(width, height, *parts, title=title, desc=desc)
