"""What published benchmarks share; the benchmarks themselves are tried in benchmarks/test_published.py."""

import json
from typing import ClassVar

import pytest

from kcoder.benchmark import Problem
from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.published import Part, Published, language_of

PARTS = (Part("lua"), Part("python"))


class Halves(Published):
    parts: ClassVar = PARTS

    def wanted(self, row):
        return row["id"] != "no"

    def problem(self, row, language):
        return Problem(id=row["id"], prompt=row["prompt"], entry="f", tests=(((1,), 2),))


def test_the_language_of_a_file_is_in_its_name_or_the_first():
    names = ["p_py.jsonl", "p-python.jsonl.gz", "p_rs.jsonl", "p.jsonl"]
    from pathlib import Path

    assert [language_of(Path(name), PARTS) for name in names] == ["python", "python", "rust", "lua"]


def test_rows_that_are_wanted_become_problems_and_one_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "p.jsonl"
    rows = [{"id": "a", "prompt": "p"}, {"id": "no"}, {"id": "b", "prompt": "q"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = Halves(path=str(path))
    assert [problem.id for problem in found.problems("lua", Host())] == ["a", "b"]
    path.write_text('{"id": "a"}\n')
    with pytest.raises(UsageError, match=r"problem 1 has no prompt"):
        list(found.problems("lua", Host()))
    with pytest.raises(UsageError, match="there are no problems in python"):
        list(found.problems("python", Host()))
