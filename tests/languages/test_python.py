"""Python as kcoder runs, cuts and reads it."""

import json
import subprocess
from pathlib import Path

import pytest

from kcoder.languages.python import PYTHON
from kcoder.records import Verdict

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
        ("build failed: '(' was never closed (candidate.py, line 1)\n", 1, Verdict.BUILD_FAILED),
        ("Traceback (most recent call last):\n  exec('(')\nSyntaxError: x", 1, Verdict.RUNTIME_ERROR),
        ("Traceback ...\nMemoryError", 1, Verdict.OUT_OF_MEMORY),
        ("", 0, Verdict.INCOMPLETE),
        ("", -11, Verdict.RUNTIME_ERROR),
    ],
)
def test_the_interpreters_words_become_verdicts(stderr, status, right):
    assert PYTHON.verdict(status, stderr) == right


def test_neither_user_site_nor_environment_decide_a_verdict():
    assert {"-s", "-S", "-P"} <= set(PYTHON.command(Path("p.py")))
    assert PYTHON.environment == {"PYTHONHASHSEED": "0"}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("(1, [True, None], 'a')", [1, [True, None], "a"]),
        ("{'a': 1.5, 2: {}}", {"a": 1.5, "2": {}}),
        ("1e300 * 10", 1e301),
        ("'\\ud800\\n\\x00é'", "\ud800\n\x00é"),
        ("__import__('enum').IntEnum('E', 'A').A", 1),
        ("float('nan')", None),
        ("1e300 * 1e300", None),
        ("{1, 2}", None),
        ("{True: 1}", None),
        ("{(1, 2): 1}", None),
        ("b'a'", None),
        ("object()", None),
    ],
)
def test_a_result_is_told_as_json_or_is_a_runtime_error(tmp_path, value, told):
    program = tmp_path / "program.py"
    program.write_text(PYTHON.program(f"def f(): return [{value}]", "f", [()], "_mark"))
    done = subprocess.run(PYTHON.command(program), capture_output=True, text=True, check=False)
    said = [json.loads(line[5:]) for line in done.stdout.splitlines() if line.startswith("_mark")]
    assert said == ([] if told is None else [[told]])
    assert PYTHON.verdict(done.returncode, done.stderr) == (
        Verdict.RUNTIME_ERROR if told is None else Verdict.INCOMPLETE
    )
