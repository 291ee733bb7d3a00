"""Tables with a caption, each in a box of its own that scrolls where the screen is too narrow."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kcoder.reporting.markup import Child, Markup, tag


def table(caption: str, head: Sequence[Child], rows: Sequence[Sequence[Child]], class_: str | None = None) -> Markup:
    """The first cell of a row names it. None is an empty cell."""
    heading = tag("tr", *(tag("th", cell, scope="col") for cell in head))
    body = (tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell or "–") for cell in row[1:])) for row in rows)
    made = tag("table", tag("caption", tag("span", caption)), tag("thead", heading), tag("tbody", *body), class_=class_)
    # a box that scrolls must be reachable by keyboard
    return tag("div", made, class_="scroll", tabindex=0, role="region", aria_label=caption)


def unbroken(words: str) -> Markup:
    """`23/158 = 14.6 % [9.9, 20.9]` as pieces between which, and only there, a line may end."""
    pieces = re.split(r" (?=\[)|(?<=\]) ", words)
    return Markup(" ".join(tag("span", piece, class_="whole") for piece in pieces))


def folded(summary: str, *children: Child) -> Markup:
    return tag("details", tag("summary", summary), *children)


def code(words: str) -> Markup:
    return tag("pre", tag("code", words), tabindex=0)
