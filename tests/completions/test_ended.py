"""A completion that is still being written has ended once nothing that follows can belong to it."""

import gzip
import itertools
import json
import os
import re
from pathlib import Path

import pytest
from dressing import dressed
from styles import STYLES

from kcoder.completions.cut import cut
from kcoder.completions.ended import ended
from kcoder.completions.fences import fenced
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


@pytest.mark.parametrize("name", ["python", "javascript"])
def test_what_was_written_until_then_is_cut_as_the_whole_would_be(name):
    """Every dressed completion and answer, written line by line."""
    known, stopped = load("languages", name), 0
    for form, program, told in dressed(name):
        prompt, text, entry = STYLES[name].prompt(program), told.text.replace("\r\n", "\n"), program.entry
        if (end := stops(known, prompt, text, entry=entry)) is not None:
            stopped += 1
            whole, early = (cut(known, prompt, each, entry).code for each in (text, text[:end]))
            assert early.split() == whole.split(), (form, text)
    assert stopped > 10


def plain(code):
    """Lines without imports: the cut keeps those that come later too, of what the program has already."""
    return [line for line in code.splitlines() if line.strip() and not line.startswith(("import ", "from "))]


def rows(*place):
    return map(json.loads, gzip.decompress(DATA.joinpath(*place).read_bytes()).splitlines())


def stops(known, prompt, text, **how):
    """Where a completion that is written line by line is stopped."""
    lines = text.splitlines(keepends=True)
    ends = (ended(known, prompt, "".join(lines[:n]), **how) for n in range(1, len(lines) + 1))
    return next((each for each in ends if each is not None), None)


@pytest.mark.skipif(not DATA.name, reason="needs KCODER_TEST_DATA")
def test_on_humaneval_a_model_that_goes_on_with_the_next_problem_is_stopped_and_nothing_is_lost():
    stopped = 0
    for row, after in itertools.pairwise(rows("humaneval", "HumanEval.jsonl.gz")):
        prompt, solution, entry = row["prompt"], row["canonical_solution"], row["entry_point"]
        how = {"entry": entry, "tests": f"{row['test']}\ncheck({entry})\n"}
        text = f"{solution.rstrip()}\n\n\n{after['prompt']}{after['canonical_solution']}"
        if (end := stops(PYTHON, prompt, text, **how)) is not None:
            stopped += 1
            whole, early = (plain(cut(PYTHON, prompt, each, **how).code) for each in (text, text[:end]))
            assert early == whole, row["task_id"]
    assert stopped >= 155


@pytest.mark.skipif(not DATA.name, reason="needs KCODER_TEST_DATA")
@pytest.mark.parametrize(
    ("short", "name", "least"), [("js", "javascript", 50), ("ts", "typescript", 50), ("go", "go", 20)]
)
def test_real_answers_written_as_completions_lose_nothing(short, name, least):
    """The function's body with all that the model wrote behind it, helpers and usage, and then the next problem."""
    known, stopped = load("languages", name), 0
    for row, after in itertools.islice(itertools.pairwise(rows("answers", f"humaneval-{short}.jsonl.gz")), 60):
        head = row["prompt"].rstrip().splitlines()[-1]
        entry = re.search(r"(?:function|func) (\w+)", head)[1]
        code = next((block.code for block in fenced(row["answer"])[1] if entry in block.code), "")
        begun = re.search(rf"(?m)^(?:function|func) {entry}\b.*\{{ *\n", code)
        if not begun:
            continue
        text = f"{code[begun.end() :].rstrip()}\n\n{after['prompt']}"
        how = {"entry": entry, "tests": row["tests"]}
        if (end := stops(known, row["prompt"], text, **how)) is not None:
            stopped += 1
            whole, early = (cut(known, row["prompt"], each, **how).code for each in (text, text[:end]))
            assert early.split() == whole.split(), row["name"]
    assert stopped >= least


JAVASCRIPT = (
    "javascript",
    "function f(n) {\n",
    "  return n + 1;\n}\n",
    "function g(a) {\n",
    "  return HELPER(n);\n}\n",
)
TYPESCRIPT = (
    "typescript",
    "function f(n: number): number {\n",
    "  const map = new Map<number, number>();\n  return n + 1;\n}\n",
    "function g(a: number) {\n",
    "  return HELPER(n);\n}\n",
)
GO = ("go", "package f_test\n\nimport (\n    \"testing\"\n    \"fmt\"\n)\n\nfunc f(n int) int {\n",
      "\tvar rows []int\n\trows = append(rows, n)\n\treturn rows[0] + 1\n}\n", "func g(a int) int {\n",
      "\treturn HELPER(n)\n}\n")  # fmt: skip


@pytest.mark.parametrize(("name", "prompt", "body", "other", "asking"), [JAVASCRIPT, TYPESCRIPT, GO])
def test_where_names_tell_what_is_lacking_another_definition_ends_a_function(name, prompt, body, other, asking):
    known = load("languages", name)
    assert ended(known, prompt, f"{body}\n{other}", "f") == len(body) + 1
    assert ended(known, prompt, body, "f") is None  # the brace at the margin is the function's own
    assert ended(known, prompt, f"// one\n{body}", "f") is None
    waits = asking.replace("HELPER", "g")
    assert ended(known, prompt, f"{waits}\n{other}", "f") is None
    helped = f"{waits}\n{other}{body}\n"
    assert ended(known, prompt, f"{helped}{other}", "f") == len(helped)


def test_what_stands_at_the_margin_within_a_function_does_not_end_it():
    known, prompt = load("languages", "javascript"), "function f(n) {\n"
    for text in ("  const a = `\nat the margin\n", "  let a = 1;\nreturn a;\n", "  let a = 1;\nif (n) {\n"):
        assert ended(known, prompt, text, "f") is None, text
