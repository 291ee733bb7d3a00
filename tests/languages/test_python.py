"""Python as kcoder runs, cuts and reads it."""

import pytest

from kcoder.language import Tests
from kcoder.languages.python import PYTHON

PROMPT = 'def f(n):\n    """Return n plus 1."""\n'


@pytest.mark.parametrize(("prompt", "completion", "right"), PYTHON.solutions)
def test_completions_are_cut_where_the_function_ends(prompt, completion, right):
    assert PYTHON.cut(prompt, completion) == right


RETURN = "    return n + 1\n"
HELPER = "\n# done\n@cache\ndef helper(a):\n    return a\n"
MARGIN = "    xs = [\n1,\n2,\n]\n    return n + 1\n"
QUOTES = '    s = "#" + """\nfree text\n"""\n    return n + 1\n'


@pytest.mark.parametrize(
    ("completion", "right"),
    [
        (RETURN + HELPER, RETURN + HELPER),
        (RETURN + HELPER + "main()\n", RETURN + HELPER),
        (RETURN + "\nclass A:\n    pass\n", RETURN + "\nclass A:\n    pass\n"),
        (RETURN + "\nimport os\n", RETURN + "\nimport os\n"),
        (RETURN + "\nONE = 1\n", RETURN + "\nONE = 1\n"),
        (RETURN + "\nresult = f(1)\n", RETURN),
        (RETURN + "\ndef helper(a):\n    return (a +", RETURN),
        (RETURN + "\n@", RETURN),
        (RETURN + "\nimport ", RETURN),
        (RETURN + "This function adds one.", RETURN),
        (RETURN + "```\n", RETURN),
        (RETURN + "\nif __name__ == '__main__':\n    print(f(int(input())))\n", RETURN),
        ("    return n + 1\r\n\r\nprint(f(1))\r\n", "    return n + 1\r\n"),
        (MARGIN, MARGIN),
        (QUOTES, QUOTES),
        ("    return '''\nx\n'''\n", "    return '''\nx\n'''\n"),
        ("print(1)\n", ""),
        ("    return n", "    return n"),
        ("    return (n +", "    return (n +"),
        ("    return\0", "    return\0"),
        ("", ""),
    ],
)
def test_what_belongs_to_a_function_stays(completion, right):
    assert PYTHON.cut(PROMPT, completion) == right


@pytest.mark.parametrize(
    ("text", "parses", "defines"),
    [
        ("def f(): pass", True, True),
        ("if True:\n    class A: pass", True, True),
        ("x = 1", True, False),
        ("Prose that happens", False, False),
        ("a\0b", False, False),
        ("(" * 10_000, False, False),
        ("+".join(["1"] * 30_000), False, False),
        ("'\\d'", True, False),
        ("", True, False),
    ],
)
def test_what_parses_and_what_defines(text, parses, defines):
    assert PYTHON.parses(text) is parses or text.startswith("1+")
    assert PYTHON.defines(text) is defines


def test_calls_are_made_from_values_and_say_what_they_give():
    tests = PYTHON.calls("f", [((1, "a\n"), [2]), (([None, True],), 3.5)])
    assert tests.text == "say(f(1, 'a\\n'))\nsay(f([None, True]))\n"
    assert (tests.expected, tests.sources) == (([2], 3.5), ("f(1, 'a\\n')", "f([None, True])"))


def test_a_test_program_runs_as_it_stands():
    assert PYTHON.asserts("def f(n):\n", "assert f(1) == 2\n") == Tests("assert f(1) == 2\n")
