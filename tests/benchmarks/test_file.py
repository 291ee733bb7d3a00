"""Problems from a file."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from kcoder.benchmark import known_as, unfit
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
        (ADD.replace("[[[1], 2]]", "[]"), "Value error, a problem needs tests: calls with values"),
        (NOT, "'no' is already the id of line 1"),
    ],
)
def test_a_line_that_is_no_problem_is_named_with_its_number(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(UsageError, match=f"problems.jsonl:2: {told}"):
        list(file(tmp_path, NOT, line).problems("python", Host()))


def test_what_a_problem_to_evaluate_on_looks_like_is_shown(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as told:
        file(tmp_path, '{"question": "q", "answer": "a"}').languages()
    shown = json.loads(told.value.hint.partition(": ")[2])
    assert file(tmp_path, json.dumps(shown)).languages() == ("lua",)


ROWS = [{"question": "Double x.", "answer": "return 2 * x"}, {"question": "Halve x.", "answer": "return x / 2"}]


@pytest.mark.parametrize("name", ["p.jsonl", "p.json", "p.csv", "p.tsv", "p.parquet", "p.jsonl.gz", "p.csv.gz"])
def test_to_be_looked_for_any_table_will_do_without_ids_and_tests(tmp_path: Path, name: str) -> None:
    rows, path = pl.DataFrame(ROWS), tmp_path / name
    if name == "p.parquet":
        rows.write_parquet(path)
    else:
        written = {
            "jsonl": rows.write_ndjson().encode(),
            "json": json.dumps(ROWS).encode(),
            "csv": rows.write_csv().encode(),
            "tsv": rows.write_csv(separator="\t").encode(),
        }[name.split(".")[1]]
        path.write_bytes(gzip.compress(written) if name.endswith(".gz") else written)
    said: list[str] = []
    found = ProblemFile(path=str(path), language="lua")
    found.check_texts()
    assert [(t.id, t.language, t.prompt, t.solution) for t in found.texts(Host(say=said.append))] == [
        (f"{name}#1", "lua", "Double x.", "return 2 * x"),
        (f"{name}#2", "lua", "Halve x.", "return x / 2"),
    ]
    assert said == [f"{name}: read as pairs: question = question, code = answer"]


def test_the_texts_of_problems_to_evaluate_on_keep_their_ids_in_each_language(tmp_path: Path) -> None:
    in_python = ADD.replace('"lua"', '"python"')
    texts = file(tmp_path, ADD, in_python).texts(Host())
    assert [(t.id, t.language) for t in texts] == [("add", "lua"), ("add", "python")]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", r"problems\.jsonl:1:\d: not valid JSON"),
        ('{"frage": "q"}', "problems.jsonl: no column is known for a problem's prompt .* frage"),
        ('{"prompt": ""}', "problems.jsonl: the prompt and solution of every problem are empty"),
    ],
)
def test_a_file_without_texts_is_refused_when_it_is_checked(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        file(tmp_path, line).check_texts()


def test_a_language_without_problems_is_refused_with_those_that_have_some(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no problems in ruby") as told:
        list(file(tmp_path, ADD, NOT).problems("ruby", Host()))
    assert told.value.hint == "there are problems in: lua, python"


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"nowhere.jsonl: No such file"):
        ProblemFile(path="nowhere.jsonl").languages()
    with pytest.raises(UsageError, match=r"there is no file or folder nowhere.jsonl"):
        ProblemFile(path="nowhere.jsonl").check_texts()


def test_the_content_decides_the_key_and_the_path_does_not(tmp_path: Path) -> None:
    one = file(tmp_path, ADD)
    before = one.world()
    (tmp_path / "elsewhere").mkdir()
    assert file(tmp_path / "elsewhere", ADD).world() == before
    assert file(tmp_path, ADD, NOT).world() != before
    assert "path" in ProblemFile.unkeyed


def test_the_same_file_is_not_both_what_is_chosen_on_and_what_is_evaluated(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"id": "b" if name == "b" else "a"}))
    (tmp_path / "sub").mkdir()
    test = ProblemFile(path=str(tmp_path / "a.jsonl"))
    dev, round_about, other, copy = (
        ProblemFile(path=str(tmp_path / name), use="dev")
        for name in ("a.jsonl", "sub/../a.jsonl", "b.jsonl", "c.jsonl")
    )
    assert (test.develops(), dev.develops(), dev.called()) == (False, True, f"{test.called()} dev")
    assert known_as(dev.called()) == known_as(test.called()) != known_as(other.called())
    assert unfit(other, test) is None
    assert unfit(test, None)[0] == f"{test.called()} is a test; choices made on it spoil its scores"
    for same in (dev, round_about, copy):
        assert unfit(same, test)[0].startswith("these problems are among those evaluated")


def test_a_file_that_is_not_there_still_has_a_name(tmp_path):
    assert ProblemFile(path=str(tmp_path / "none.jsonl")).called() == "file"
