"""Recorded answers, a line each."""

import gzip
import json

import pytest

from kcoder.errors import UsageError
from kcoder.tables.answers import answers


def write(file, *rows):
    told = "".join(json.dumps(row) + "\n" for row in rows).encode()
    file.write_bytes(gzip.compress(told) if file.suffix == ".gz" else told)
    return str(file)


def test_the_usual_names_of_problem_and_answer_are_known(tmp_path):
    rows = [{"name": "a", "prompt": "p", "answer": "x"}, {"id": 3, "completion": "y"}, {"task_id": "b", "output": ""}]
    told = list(answers(write(tmp_path / "c.jsonl.gz", *rows)))
    assert [(each.line, each.problem, each.text) for each in told] == [(1, "a", "x"), (2, "3", "y"), (3, "b", "")]


@pytest.mark.parametrize(
    ("name", "told", "language"),
    [
        ("humaneval-rs.jsonl", {}, "rust"),
        ("humaneval-rs.jsonl", {"language": "rb"}, "ruby"),
        ("humaneval-go.jsonl", {"language": "go_test.go"}, "go"),
        ("answers.jsonl", {"language": "Python"}, "python"),
        ("answers.jsonl", {}, ""),
    ],
)
def test_the_language_is_what_the_line_or_else_the_file_says(tmp_path, name, told, language):
    [found] = answers(write(tmp_path / name, {"id": "a", "answer": "x"} | told))
    assert found.language == language


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{\n", "c.jsonl:1: "),
        (b'\n{"id": "a"}\n', "c.jsonl:2: no problem and completion"),
        (b"[1]\n", "c.jsonl:1: no problem and completion"),
        (b"\n", "there are no completions in it"),
    ],
)
def test_a_line_that_is_no_answer_is_named(tmp_path, content, message):
    (tmp_path / "c.jsonl").write_bytes(content)
    with pytest.raises(UsageError, match=message):
        list(answers(str(tmp_path / "c.jsonl")))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        list(answers(str(tmp_path / "none.jsonl")))
