"""Problems, and which words are files of them."""

import pytest
from pydantic import ValidationError

from kcoder.benchmark import Benchmark, Problem, kind, known_as
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


def test_a_folder_is_one_of_problems(tmp_path):
    assert Benchmark.of_word(str(tmp_path)) == ("folder", {"path": str(tmp_path)})


def test_what_asks_the_same_problems_in_another_way_has_another_name_and_is_known_as_the_same():
    plain = load("benchmarks", "humaneval-x")(path="x")
    from_java = load("benchmarks", "humaneval-x")(path="x", translate_from="java")
    plus = load("benchmarks", "mbpp")(path="x", tests="plus")
    names = [each.called() for each in (plain, from_java, plus)]
    assert names == ["humaneval-x", "humaneval-x from java", "mbpp+"]
    assert [known_as(name) for name in names] == ["humaneval-x", "humaneval-x", "mbpp"]


@pytest.mark.parametrize(
    ("name", "problem", "task"),
    [
        ("mini", "letters.joined", "letters.joined"),
        ("humaneval-x", "Java/7", "7"),
        ("multipl-e", "HumanEval_0_has_close_elements", "HumanEval_0_has_close_elements"),
        ("folder", "words", "words"),
        ("file", "words", None),
        ("humaneval", "HumanEval/0", None),
    ],
)
def test_an_id_tells_which_problems_are_the_same_in_all_languages_or_nothing(name, problem, task):
    assert load("benchmarks", name).task(problem) == task


def test_what_a_benchmark_is_called_tells_its_name_in_a_spec():
    called = (
        "file-3fa2c1 dev",
        "folder-000000",
        "mbpp dev",
        "humaneval+",
        "humaneval-x from python",
        "mini-dev",
        "file",
    )
    assert [kind(each) for each in called] == ["file", "folder", "mbpp", "humaneval", "humaneval-x", "mini-dev", "file"]
    assert kind("of-a-stranger") == "of-a-stranger"
