"""HTML and SVG as nested calls that escape every text: no program and no name can become markup."""

from __future__ import annotations

import html
import re


class Markup(str):
    """Text that is markup already. Everything else is escaped where it enters a tag."""

    __slots__ = ()


#: what XML and HTML forbid in a document, escaped or not
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
EMPTY = frozenset({"meta", "br", "col"})

Child = str | None
Value = str | float | int | bool | None


def text(told: str) -> Markup:
    if isinstance(told, Markup):
        return told
    return Markup(html.escape(FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", told)))


def join(*children: Child) -> Markup:
    return Markup("".join(text(child) for child in children if child is not None))


def tag(name: str, /, *children: Child, **attributes: Value) -> Markup:
    """`tag("p", "a < b", class_="note")` is `<p class="note">a &lt; b</p>`.

    A trailing underscore of an attribute is dropped, others are hyphens. None and False leave it out.
    """
    told = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(_short(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in EMPTY:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{join(*children)}</{name}>")


def _short(value: str | float) -> str:
    # coordinates need no more than hundredths of a pixel
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
