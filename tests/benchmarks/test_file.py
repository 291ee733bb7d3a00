"""Problems from a JSON Lines file."""

from pathlib import Path

import pytest

from kcoder.benchmarks.file import ProblemFile
from kcoder.errors import UsageError
from kcoder.host import Host

ADD = '{"language": "lua", "id": "add", "prompt": "function add(a)\\n", "entry": "add", "tests": [[[1], 2]]}'
NOT = '{"language": "python", "id": "no", "prompt": "def no(a):\\n", "entry": "no", "tests": [[[true], false]]}'


def file(folder: Path, *lines: str) -> ProblemFile:
    path = folder / "problems.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ProblemFile(path=str(path))


def test_the_problems_of_one_language_are_read_in_order(tmp_path: Path) -> None:
    found = file(tmp_path, ADD, "", NOT, ADD.replace('"id": "add"', '"id": "more"'))
    assert [problem.id for problem in found.problems("lua", Host())] == ["add", "more"]
    assert next(found.problems("python", Host())).tests == (((True,), False),)
    assert found.languages() == ("lua", "python")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "Invalid JSON"),
        (ADD.replace('"entry"', '"entri"'), "entry: Field required"),
        (ADD.replace('"lua"', "7"), "language: Input should be a valid string"),
        (ADD.replace("[[[1], 2]]", "[]"), "a problem needs at least one test"),
        (NOT, "'no' is already the id of line 1"),
    ],
)
def test_a_line_that_is_no_problem_is_named_with_its_number(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(UsageError, match=f"problems.jsonl:2: {told}"):
        list(file(tmp_path, NOT, line).problems("python", Host()))


def test_a_language_without_problems_is_refused_with_those_that_have_some(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no problems in ruby") as told:
        list(file(tmp_path, ADD, NOT).problems("ruby", Host()))
    assert told.value.hint == "there are problems in: lua, python"


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"nowhere.jsonl: No such file"):
        ProblemFile(path="nowhere.jsonl").languages()


def test_the_content_decides_the_key_and_the_path_does_not(tmp_path: Path) -> None:
    one = file(tmp_path, ADD)
    before = one.world()
    (tmp_path / "elsewhere").mkdir()
    assert file(tmp_path / "elsewhere", ADD).world() == before
    assert file(tmp_path, ADD, NOT).world() != before
    assert "path" in ProblemFile.unkeyed
