import gzip
import json
import os
from pathlib import Path

import pytest

from kcoder.scorers.lizard import Lizard

DATA = os.environ.get("KCODER_TEST_DATA")


def score(program, language):
    return Lizard().score(program, language)


@pytest.mark.parametrize(
    ("language", "program"),
    [
        ("java", "class A { int f(int x) { if (x > 0 && x < 9) { return 1; } return 2; } }"),
        ("ruby", "def f(x)\n  if x > 0 && x < 9\n    return 1\n  end\n  2\nend\n"),
        ("rust", "fn f(x: i32) -> i32 { if x > 0 && x < 9 { return 1; } 2 }"),
        ("swift", "func f(_ x: Int) -> Int { if x > 0 && x < 9 { return 1 }\n return 2 }"),
        ("javascript", "function f(x) { if (x > 0 && x < 9) { return 1; } return 2; }"),
        ("go", "func f(x int) int { if x > 0 && x < 9 { return 1 }; return 2 }"),
        ("cpp", "int f(int x) { if (x > 0 && x < 9) { return 1; } return 2; }"),
        ("lua", "function f(x)\n  if x > 0 and x < 9 then return 1 end\n  return 2\nend\n"),
    ],
)
def test_two_decisions_make_a_complexity_of_three(language, program):
    found = score(program, language)
    assert found == {"cyclomatic": 3.0, "cyclomatic_max": 3.0, "cyclomatic_sum": 3.0, "functions": 1.0}


def test_the_mean_is_over_functions():
    found = score("int f() { return 1; }\nint g(int x) { if (x) { return 1; } return 2; }", "cpp")
    assert (found["cyclomatic"], found["cyclomatic_max"], found["functions"]) == (1.5, 2, 2)


def test_without_functions_there_is_one_path():
    assert score("int x = 1;", "java") == {
        "cyclomatic": 1.0,
        "cyclomatic_max": 1.0,
        "cyclomatic_sum": 0.0,
        "functions": 0.0,
    }


@pytest.mark.parametrize(
    ("program", "language"),
    [("def f\n" * 20_000, "ruby"), ("function(){" * 5000, "javascript"), ("int f() { }\0", "java"), ("x", "klingon")],
    ids=["nested defs", "nested functions", "NUL", "a language it does not read"],
)
def test_what_cannot_be_read_has_no_values(program, language, capsys):
    assert score(program, language) is None
    assert Lizard().functions(program, language) == []
    assert capsys.readouterr().err == ""


def test_every_function_is_told_with_its_line():
    found = Lizard().functions("int f() { return 1; }\nint g(int x) { if (x) { return 1; } return 2; }", "cpp")
    assert found == [
        {"function": "f", "line": 1, "cyclomatic": 1.0},
        {"function": "g", "line": 2, "cyclomatic": 2.0},
    ]


@pytest.mark.skipif(not DATA, reason="needs the data folder KCODER_TEST_DATA")
@pytest.mark.parametrize(("file", "language"), [("java", "java"), ("js", "javascript"), ("go", "go"), ("cpp", "cpp")])
def test_solutions_of_humaneval_x_have_functions_in_every_language(file, language):
    lines = gzip.decompress((Path(DATA) / f"humaneval-x/humaneval_{file}.jsonl.gz").read_bytes()).splitlines()
    scores = [score(p["declaration"] + p["canonical_solution"], language) for p in map(json.loads, lines)]
    assert len(scores) == 164
    assert all(found["functions"] >= 1 for found in scores)
