"""Brackets and separators, whatever strings hold."""

import pytest

from kcoder.expressions.scan import closing, skipped, split


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("(a)", 2),
        ("f(a[1], {b})", 11),
        ('(")", 1)', 7),
        ("(')', 1)", 7),
        (r'("\")", 1)', 9),
        ("(it's (fine))", 12),
        ("(vec![1, (2)])", 13),
    ],
)
def test_a_bracket_closes_where_it_should(text, end):
    assert closing(text, text.index("(")) == end


@pytest.mark.parametrize("text", ["(a", "(a]", "([)]"])
def test_a_bracket_that_does_not_close_is_an_error(text):
    with pytest.raises(ValueError, match="the bracket at 0 is not closed"):
        closing(text, 0)


@pytest.mark.parametrize(
    ("text", "separator", "pieces"),
    [
        ("a, b", ",", ["a", "b"]),
        ("f(a, b), [c, d]", ",", ["f(a, b)", "[c, d]"]),
        ('"a, b", c', ",", ['"a, b"', "c"]),
        ("f(x == y) == (z)", "==", ["f(x == y)", "(z)"]),
        ("alone", ",", ["alone"]),
        ("", ",", [""]),
    ],
)
def test_a_text_is_split_outside_of_brackets_and_strings(text, separator, pieces):
    assert split(text, separator) == pieces


def test_only_the_quotes_of_the_language_begin_strings():
    assert split("b'a, 'static", ",", quotes='"') == ["b'a", "'static"]
    assert skipped("`a`", 0, quotes='"') == 0
    assert skipped('"a" + b', 0) == 3
