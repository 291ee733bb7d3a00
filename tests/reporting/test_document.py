"""The frame of every page."""

from kcoder.reporting.document import document, figure, section, twice
from kcoder.reporting.markup import Markup, tag


def test_a_page_has_one_heading_its_style_and_no_address():
    made = document("Bar", "kcoder", "A < B", section("one", "One", tag("p", "x")), None)
    assert made.startswith('<!doctype html>\n<html lang="en">')
    assert made.count("<h1>") == 1 and "<h1>A &lt; B</h1>" in made
    assert "<title>Bar</title>" in made and "max-width: 60rem" in made
    assert "http" not in made


def test_a_section_without_content_is_none():
    assert section("a", "A", None, "") is None
    assert section("a", "A", "x") == '<section aria-labelledby="a"><h2 id="a">A</h2>x</section>'


def test_a_drawing_stands_twice_and_a_figure_has_its_words():
    wide, narrow = twice(Markup("<svg>1</svg>"), Markup("<svg>2</svg>"))
    assert (wide, narrow) == ('<div class="wide"><svg>1</svg></div>', '<div class="narrow"><svg>2</svg></div>')
    assert figure(wide, "a & b").endswith("<figcaption>a &amp; b</figcaption></figure>")
