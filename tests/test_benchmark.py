"""Problems, and which words are files of them."""

import pytest
from pydantic import ValidationError

from kcoder.benchmark import Benchmark, Problem
from kcoder.plugin import load, names


def test_a_path_is_a_file_of_problems():
    assert Benchmark.of_word("problems.jsonl") == ("file", {"path": "problems.jsonl"})
    assert Benchmark.of_word("some/where") == ("file", {"path": "some/where"})
    assert Benchmark.of_word("humaneval") is None


def test_a_problem_without_tests_or_with_a_strange_field_is_refused():
    right = {"id": "p", "prompt": "x", "entry": "f", "tests": [[[1], 2]]}
    assert Problem(**right).tests == (((1,), 2),)
    for wrong in ({**right, "test": []}, {k: v for k, v in right.items() if k != "tests"}):
        with pytest.raises(ValidationError):
            Problem(**wrong)


def test_test_and_development_problems_are_told_apart():
    assert {load("benchmarks", n).split for n in names("benchmarks")} == {"test", "dev"}
    assert load("benchmarks", "mini-dev").split == "dev"
