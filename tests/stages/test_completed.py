"""Completions of others, read for a benchmark's problems."""

import gzip
import json

import polars as pl
import pytest

from kcoder.benchmark import Benchmark, Problem
from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Completion, schema
from kcoder.stages.completed import ReadCompletions


class Two(Benchmark):
    def problems(self, language, host):
        return (Problem(id=name, prompt="def f(n):\n", entry="f", tests=(((1,), 2),)) for name in ("b", "a"))


def read(tmp_path, *lines, **options):
    file = tmp_path / "c.jsonl"
    file.write_bytes(b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines))
    stage = ReadCompletions(path=str(file), benchmark=Two(), language=load("languages", "python"), **options)
    facts = stage.run({}, tmp_path, Host())
    return pl.read_parquet(tmp_path / "completions.parquet"), facts


def test_lines_of_one_problem_are_its_samples_in_the_benchmarks_order(tmp_path):
    lines = [{"task_id": name, "completion": f"    return {n}\n"} for n, name in enumerate("abab")]
    rows, facts = read(tmp_path, *lines)
    assert rows.schema == schema(Completion)
    assert rows.select("problem", "sample", "text").rows() == [
        ("b", 0, "    return 1\n"),
        ("b", 1, "    return 3\n"),
        ("a", 0, "    return 0\n"),
        ("a", 1, "    return 2\n"),
    ]
    assert (facts["problems"], facts["samples"], facts["missing"]) == (2, 2, [])
    assert json.loads(rows["tests"][0]) == [[[1], 2]]


def test_other_tools_names_are_known(tmp_path):
    rows, _ = read(tmp_path, {"problem": "a", "text": "x"}, {"name": "b", "solution": "y"})
    assert rows.select("problem", "text").rows() == [("b", "y"), ("a", "x")]


def test_a_compressed_file_of_answers_is_read(tmp_path):
    rows = [{"name": name, "prompt": "def f(n):\n", "answer": f"```python\n{name}\n```"} for name in "ab"]
    file = tmp_path / "answers.jsonl.gz"
    file.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    ReadCompletions(path=str(file), benchmark=Two(), language=load("languages", "python")).run({}, tmp_path, Host())
    assert pl.read_parquet(tmp_path / "completions.parquet")["text"].to_list() == [
        "```python\nb\n```",
        "```python\na\n```",
    ]


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"{}")[:-3]])
def test_a_file_that_is_compressed_in_name_only_is_told(tmp_path, content):
    file = tmp_path / "answers.jsonl.gz"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"answers\.jsonl\.gz: "):
        ReadCompletions(path=str(file), benchmark=Two(), language=load("languages", "python")).run({}, tmp_path, Host())


A = {"task_id": "a", "completion": "x"}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([A], r"c\.jsonl: b have no completion"),
        ([A, A, {"task_id": "b", "completion": "y"}], r"c\.jsonl: b have fewer completions than others, which have 2"),
        ([A, {"task_id": "c", "completion": "y"}], r"c\.jsonl:2: there is no problem c"),
        ([A, b"{nonsense\n"], r"c\.jsonl:2: "),
        ([A, ["a", "x"]], r"c\.jsonl:2: no problem and completion in this line"),
        ([A, {"task_id": "b", "completion": 3}], r"c\.jsonl:2: no problem and completion in this line"),
        ([b"\n"], r"c\.jsonl: there are no completions in it"),
    ],
)
def test_what_cannot_be_scored_is_told_with_its_place(tmp_path, lines, message):
    with pytest.raises(UsageError, match=message):
        read(tmp_path, *lines)


def test_the_answered_problems_alone_are_scored_when_that_is_said(tmp_path):
    rows, facts = read(tmp_path, A, answered=True)
    assert rows["problem"].to_list() == ["a"]
    assert facts["missing"] == ["b"]


def test_the_key_knows_the_files_content_and_not_its_name(tmp_path):
    file = tmp_path / "c.jsonl"
    file.write_text("x")
    stage = ReadCompletions(path=str(file), benchmark=Two(), language=load("languages", "python"))
    before = stage.world()
    file.write_text("y")
    assert stage.world() != before
    assert "path" in ReadCompletions.unkeyed
