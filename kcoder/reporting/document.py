"""A self-contained page: no script, no outside address, one style sheet."""

from __future__ import annotations

from importlib.resources import files

from kcoder.reporting.markup import Child, Markup, join, tag


def document(title: str, kicker: str, heading: str, *children: Child) -> str:
    """The whole document. `title` stands in the window's bar, `kicker` above the heading."""
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(files("kcoder.reporting").joinpath("style.css").read_text("utf-8"))),
    )
    top = tag("header", tag("p", kicker, class_="kicker"), tag("h1", heading))
    body = tag("main", top, *children)
    return f"<!doctype html>\n{tag('html', tag('head', head), tag('body', body), lang='en')}\n"


def section(name: str, title: str, *children: Child) -> Markup | None:
    """A part of the page with its heading; None without content."""
    if not any(children):
        return None
    return tag("section", tag("h2", title, id=name), *children, aria_labelledby=name)


def twice(wide: Markup | None, narrow: Markup | None) -> tuple[Markup, Markup]:
    """A drawing made for a desk and for a phone; the style sheet shows one of them."""
    return tag("div", wide, class_="wide"), tag("div", narrow, class_="narrow")


def figure(drawn: Markup, words: str) -> Markup:
    return tag("figure", drawn, tag("figcaption", words))
