import pytest

from kcoder.visible import chopped, lines, shortened, visible


def test_newlines_and_tabs_get_signs():
    assert visible("if x:\n\ty\r\n") == "if x:⏎⇥   y\\r⏎"


@pytest.mark.parametrize("hidden", ["\x1b[2J", "\x00", "\u202e", "\u200b", "\u00a0", "\x7f", "\u2028"])
def test_nothing_that_steers_a_terminal_or_has_no_shape_comes_through(hidden):
    shown = visible(f"a{hidden}b")
    assert shown.isprintable()
    assert hidden not in shown
    assert shown.startswith("a\\") and shown.endswith("b")


def test_each_line_stands_alone_and_a_long_one_in_several():
    assert list(lines("ab\n\ncdefg", 4)) == ["ab⏎", "⏎", "cdef", "g"]
    assert list(lines("", 4)) == []


def test_a_wide_character_takes_two_columns_and_an_accent_none():
    assert list(chopped("日本語", 4)) == ["日本", "語"]
    assert list(chopped("e\u0301" * 4, 4)) == ["e\u0301" * 4]


def test_what_is_left_out_is_marked():
    assert shortened("def f(x):\n    return", 12) == "def f(x):⏎ …"
    assert shortened("def f(x):\n", 10) == "def f(x):⏎"
    assert shortened("日本語", 5) == "日本…"
