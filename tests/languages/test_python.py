"""Python as kcoder runs, cuts and reads it."""

from pathlib import Path

import pytest

from kcoder.languages.python import PYTHON
from kcoder.records import Verdict

PROMPT = 'def f(n):\n    """Return n plus 1."""\n'


@pytest.mark.parametrize(("prompt", "completion", "right"), PYTHON.solutions)
def test_completions_are_cut_where_the_function_ends(prompt, completion, right):
    assert PYTHON.cut(prompt, completion) == right


@pytest.mark.parametrize(
    ("completion", "right"),
    [
        ("    return n + 1\n\n# done\nclass A:\n    pass\n", "    return n + 1\n\n# done\nclass A:\n    pass\n"),
        (
            "    return n + 1\n\n@cache\ndef g():\n    pass\nmain()\n",
            "    return n + 1\n\n@cache\ndef g():\n    pass\n",
        ),
        ("    return n + 1\nThis function adds one.", "    return n + 1\n"),
        ("    return '''\nx\n'''\n", "    return '''\nx\n'''\n"),
        ("    return n", "    return n"),
        ("", ""),
    ],
)
def test_what_belongs_to_a_function_stays(completion, right):
    assert PYTHON.cut(PROMPT, completion) == right


def test_a_program_holds_arguments_and_never_expected_values():
    program = PYTHON.program("def f(n): return n", "f", [(12345,)], "_m")
    assert "12345" in program
    assert "67890" not in program


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


@pytest.mark.parametrize(
    ("stderr", "status", "right"),
    [
        ("  File \"p.py\", line 1\n    def f(\nSyntaxError: '(' was never closed", 1, Verdict.BUILD_FAILED),
        ("Traceback (most recent call last):\n  exec('(')\nSyntaxError: x", 1, Verdict.RUNTIME_ERROR),
        ("Traceback ...\nMemoryError", 1, Verdict.OUT_OF_MEMORY),
        ("", 0, Verdict.INCOMPLETE),
        ("", -11, Verdict.RUNTIME_ERROR),
    ],
)
def test_the_interpreters_words_become_verdicts(stderr, status, right):
    assert PYTHON.verdict(status, stderr) == right


def test_neither_user_site_nor_environment_decide_a_verdict():
    assert {"-I", "-S"} <= set(PYTHON.command(Path("p.py")))
