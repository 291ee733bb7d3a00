"""A completion that is still being written has ended once nothing that follows can belong to it."""

import gzip
import itertools
import json
import os
from pathlib import Path

import pytest
from dressing import dressed
from styles import STYLES

from kcoder.completions.cut import cut
from kcoder.completions.ended import ended
from kcoder.plugin import load

DATA = Path(os.environ.get("KCODER_TEST_DATA", ""))
PYTHON = load("languages", "python")
PROMPT = 'def f(n):\n    """Return n plus 1."""\n'
BODY = "    return n + 1\n"


def at(text, **how):
    return ended(PYTHON, PROMPT, text, "f", **how)


def test_another_line_at_the_margin_ends_a_function():
    for line in ("def g(n):\n", "print(f(1))\n", "This adds one.\n", "class A:\n", "x = 1\n", "def f(n):\n"):
        assert at(f"{BODY}\n\n{line}") == len(BODY) + 2, line
        assert at(f"{BODY}\n\n{line[:-1]}") is None, line  # it may become another line yet
    assert at(BODY) is None


@pytest.mark.parametrize(
    "text",
    [
        "    a = 1\n# one more\n",  # a comment at the margin of a body that goes on
        '    a = """\nat the margin\n',
        '    a = """\nat the margin\n"""\n',
        "    a = (1 +\nn\n",
        "    if n:\n\n\n",
        "Here it is:\n```python\ndef f(n):\n    return n\n\n\nprint(1)\n",
        "def f(n):\n    return n + 1\n\n\nprint(f(1))\n",
        "",
        "\n",
    ],
)
def test_a_function_that_may_go_on_has_not_ended(text):
    assert at(text) is None


def test_a_helper_that_is_still_to_come_is_waited_for_whatever_stands_before_it():
    text = "    return helper(n)\n\n\nprint(f(1))\n\n\n"
    assert at(text) is None
    helper = "def helper(n):\n    return other(n) + 1\n\n\n"
    assert at(f"{text}{helper}x = 1\n") is None
    text += helper + "def other(n):\n    return n\n\n\n"
    assert at(f"{text}x = 1\n") == len(text)


def test_what_the_tests_call_is_waited_for_too():
    tests = "def check(candidate):\n    assert candidate(1) == back(2)\ncheck(f)\n"
    text = f"{BODY}\n\ndef back(n):\n"
    assert at(text, tests="assert f(1) == 2\n") == len(BODY) + 2
    assert at(text, tests=tests) is None
    text = f"{BODY}\n\ndef back(n):\n    return n\n\n\n"
    assert at(f"{text}x = 1\n", tests=tests) == len(text)


def test_a_function_that_calls_itself_may_be_given_a_deeper_stack_further_down():
    assert at("    return f(n - 1) if n else 1\n\n\nimport sys\n") is None


def test_a_language_that_cannot_tell_what_a_program_lacks_never_ends_one():
    prompt = "function f(n)\n"
    assert ended(load("languages", "lua"), prompt, "  return n + 1\nend\n\nprint(f(1))\n", "f") is None


def test_what_was_written_until_then_is_cut_as_the_whole_would_be():
    """Every dressed completion and answer, written line by line."""
    seen = stopped = 0
    for form, program, told in dressed("python"):
        prompt, text, entry = STYLES["python"].prompt(program), told.text.replace("\r\n", "\n"), program.entry
        lines = text.splitlines(keepends=True)
        ends = (ended(PYTHON, prompt, "".join(lines[:n]), entry) for n in range(1, len(lines) + 1))
        end = next((each for each in ends if each is not None), None)
        seen += 1
        if end is not None:
            stopped += 1
            whole, early = (cut(PYTHON, prompt, each, entry).code for each in (text, text[:end]))
            assert early.split() == whole.split(), (form, text)
    assert seen > 50
    assert stopped > 10


def plain(code):
    """Lines without imports: the cut keeps those that come later too, of what the program has already."""
    return [line for line in code.splitlines() if line.strip() and not line.startswith(("import ", "from "))]


@pytest.mark.skipif(not DATA.name, reason="needs KCODER_TEST_DATA")
def test_on_humaneval_a_model_that_goes_on_with_the_next_problem_is_stopped_and_nothing_is_lost():
    lines = gzip.decompress((DATA / "humaneval" / "HumanEval.jsonl.gz").read_bytes()).splitlines()
    stopped = 0
    for row, after in itertools.pairwise(map(json.loads, lines)):
        prompt, solution, entry = row["prompt"], row["canonical_solution"], row["entry_point"]
        how = {"entry": entry, "tests": f"{row['test']}\ncheck({entry})\n"}
        text = f"{solution.rstrip()}\n\n\n{after['prompt']}{after['canonical_solution']}"
        lines = text.splitlines(keepends=True)
        ends = (ended(PYTHON, prompt, "".join(lines[:n]), **how) for n in range(1, len(lines) + 1))
        end = next((each for each in ends if each is not None), None)
        if end is not None:
            stopped += 1
            whole, early = (plain(cut(PYTHON, prompt, each, **how).code) for each in (text, text[:end]))
            assert early == whole, row["task_id"]
    assert stopped >= 140
