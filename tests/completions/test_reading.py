"""The ways in which a text can be meant."""

import pytest

from kcoder.completions.reading import reading
from kcoder.plugin import load

RUBY = load("languages", "ruby").syntax
PROMPT = "# Twice.\ndef twice(a)\n"


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("  2 * a\nend\n", "tree"),
        ("  2 * a\n", "tree"),
        ("  2 * a\nend\n\nputs twice(1)\n", "tree"),
        ("```ruby\ndef twice(a)\n  2 * a\nend\n```\n", "answer, tree"),
        ("```ruby\n  2 * a\nend\n```\n", "answer, tree"),
    ],
)
def test_a_text_goes_on_or_answers(text, how):
    code, found, fault = reading(RUBY, PROMPT, text, "twice")
    assert (found, fault) == (how, "")
    assert "2 * a" in code
    assert "puts" not in code
    assert code.count("def twice") == 1


def test_a_text_without_the_function_is_read_by_no_tree():
    assert reading(RUBY, "# nothing is begun\n", "puts 1\n", "twice") is None
