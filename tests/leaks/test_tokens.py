import polars as pl
import pytest

from kcoder.leaks.tokens import Marks, code, kind, words

PYTHON, JAVA = Marks("#"), Marks("//", ("/*", "*/"))


def shape(text, marks=PYTHON):
    """Each token of a text's own passage: 0 for an identifier, else a number that stands for it."""
    tokens = code(pl.Series([text]), marks, depth=1)
    return tokens.value.tolist()


@pytest.mark.parametrize(
    "altered",
    [
        "def g(y):\n    return y + 1\n",
        "def g( y ) :\n        return (y+1);",
        "# says nothing\ndef g(y):  # here\n    '''Nor does this.'''\n    return y + 1\n",
    ],
)
def test_renaming_reformatting_and_commenting_change_no_token(altered):
    assert shape(altered)[-4:] == shape("def f(x):\n    return x + 1\n")[-4:]


def test_keywords_members_numbers_and_strings_are_told_apart():
    assert shape("x.append(1)") != shape("x.remove(1)")
    assert shape("a + 1") != shape("a + 2")
    assert shape("f('a')") != shape("f('b')")
    assert shape("f('a')") == shape('f("a")')
    assert shape("for x in y: pass")[0] != shape("while x in y: pass")[0]


def test_a_program_inside_a_docstring_is_a_passage_of_its_own():
    text = '"""Notes.\n\ndef f(x):\n    return x + 1\n"""\ny = 2\n'
    tokens = code(pl.Series([text]), PYTHON)
    assert tokens.rows.tolist() == [0, 0]
    assert "def f(x)" in tokens.texts[1]


def test_comments_of_other_languages_are_passages_too():
    tokens = code(pl.Series(["/* int f(int x) { return x + 1; } */ int y;"]), JAVA)
    assert len(tokens.texts) == 2
    assert kind("/* a */", JAVA) == "passage"
    assert kind("// a", JAVA) == "passage"


@pytest.mark.parametrize(
    ("token", "expected"),
    [("def", "word"), ("len", "builtin"), ("x", "identifier"), ("12", "number"), ("+", "operator"), ("(", "dropped")],
)
def test_each_token_has_a_kind(token, expected):
    assert kind(token, PYTHON) == expected


def test_words_are_those_of_the_text_whatever_its_lines():
    one, other = (words(pl.Series([t])).name.tolist() for t in ("Sum the Numbers.", "# sum\n#   the numbers"))
    assert one == other
    assert len(one) == 3
