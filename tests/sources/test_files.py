import json
import os

import polars as pl
import pytest
from pydantic import ValidationError

from kcoder.errors import MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.records import Document, schema
from kcoder.sources.files import Files


@pytest.fixture
def read(tmp_path):
    """The rows of a file with these objects, and what the source said."""

    def reading(*objects, languages=(), name="rows.jsonl", **options):
        (tmp_path / name).write_text("".join(json.dumps(each) + "\n" for each in objects))
        said = []
        source = Files(path=str(tmp_path / name), **options)
        rows = source.rows(dict.fromkeys(languages, 1.0), 0, Host(say=said.append)).collect()
        assert rows.schema == schema(Document)
        return rows, said

    return reading


def test_alpaca_rows_become_questions_and_code(read):
    rows, said = read(
        {"instruction": "Add", "input": "1, 2", "output": "1 + 2"},
        {"instruction": "Go", "input": "", "output": "go()"},
    )
    assert rows["prompt"].to_list() == ["Add\n1, 2", "Go"]
    assert rows["text"].to_list() == ["1 + 2", "go()"]
    assert rows["id"].to_list() == ["rows.jsonl#1", "rows.jsonl#2"]
    assert rows["source"].to_list() == ["rows.jsonl"] * 2
    assert said == ["rows.jsonl: read as alpaca: question = instruction + input, code = output"]


def test_a_chat_gives_what_the_user_said_and_the_last_answer(read):
    turns = [
        ("system", "s"),
        ("user", "q"),
        ("assistant", "a"),
        ("user", "more"),
        ("assistant", "b"),
        ("user", "thanks"),
    ]
    rows, _ = read({"messages": [{"role": who, "content": text} for who, text in turns]}, {"messages": None})
    assert rows["prompt"].to_list() == ["q\n\nmore", ""]
    assert rows["text"].to_list() == ["b", ""]
    rows, _ = read({"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]})
    assert rows.select("prompt", "text").rows() == [("q", "a")]


def test_rows_of_the_stack_keep_path_repository_and_licence(read):
    rows, _ = read(
        {
            "content": "x",
            "lang": "Python",
            "hexsha": "ab",
            "max_stars_repo_path": "a/b.py",
            "max_stars_repo_name": "me/it",
            "max_stars_repo_licenses": ["MIT"],
        }
    )
    assert rows.row(0) == ("ab", "x", None, "python", "rows.jsonl", "a/b.py", "me/it", '["MIT"]')


def test_repeated_and_missing_ids_are_made_unique_and_counted(read):
    rows, said = read(*({"id": each, "code": "x"} for each in ("a", "b", "a", None)))
    assert rows["id"].to_list() == ["a", "b", "a#3", "#4"]
    assert "rows.jsonl: 2 repeated or missing ids, made unique by the row's number" in said


def test_rows_without_a_language_are_of_the_one_that_is_wanted(read):
    rows, said = read({"code": "x"}, languages=["lua"])
    assert rows["language"].to_list() == ["lua"]
    assert "rows.jsonl: 1 rows taken for lua, since no column names the language" in said
    with pytest.raises(UsageError, match="no column names the language, and 2 are wanted"):
        read({"code": "x"}, languages=["lua", "python"])


def test_other_languages_are_left_out_and_counted_and_zero_rows_are_refused(read):
    objects = {"code": "x", "language": "Python"}, {"code": "y", "language": "lua"}
    rows, said = read(*objects, languages=["python"])
    assert rows["text"].to_list() == ["x"]
    assert "rows.jsonl: 1 rows in other languages left out" in said
    with pytest.raises(UsageError, match="no row is in swift") as caught:
        read(*objects, languages=["swift"])
    assert caught.value.hint == "there are: lua, python"


def test_missing_code_is_empty_and_counted(read):
    rows, said = read({"question": "a", "answer": None}, {"question": "b", "answer": "x"})
    assert rows["text"].to_list() == ["", "x"]
    assert "rows.jsonl: 1 rows without code, taken for empty" in said


def test_columns_can_be_told(read):
    rows, _ = read({"id": "7", "text": "q", "label": "a"}, columns={"question": "text", "code": "label"})
    assert rows.select("id", "prompt", "text").rows() == [("7", "q", "a")]


def test_parquet_and_csv_give_the_same_rows_as_json(tmp_path):
    table = pl.DataFrame({"question": ["q", "r"], "answer": ["a\nb", "c"], "id": [1, 2]})
    table.write_parquet(tmp_path / "rows.parquet")
    table.write_csv(tmp_path / "rows.csv")
    (tmp_path / "rows.json").write_text(json.dumps(table.to_dicts()))
    found = [
        Files(path=str(tmp_path / f"rows.{kind}")).rows({}, 0, Host()).drop("source").collect()
        for kind in ("parquet", "csv", "json")
    ]
    assert found[0].height == 2
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])


def test_the_world_changes_with_the_content_and_the_name_alone(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"code": "a"}\n')
    before = Files(path=str(path)).world()
    os.utime(path, (1, 1))
    assert Files(path=str(path)).world() == before
    (tmp_path / "away").mkdir()
    moved = path.rename(tmp_path / "away" / "rows.jsonl")
    assert Files(path=str(moved)).world() == before
    moved.write_text('{"code": "b"}\n')
    assert Files(path=str(moved)).world() != before


def test_a_file_that_has_gone_is_what_the_machine_lacks_and_no_spec_can_name_it(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"code": "a"}\n')
    source = Files(path=str(path))
    path.unlink()
    with pytest.raises(MachineLacksError, match=r"rows.jsonl cannot be read"):
        source.world()
    with pytest.raises(ValidationError, match="there is no file or folder"):
        Files(path=str(path))


def test_a_pipe_or_a_folder_is_no_file_of_rows(tmp_path):
    os.mkfifo(tmp_path / "rows.jsonl")
    for path in (tmp_path / "rows.jsonl", tmp_path):
        with pytest.raises(ValidationError, match="no regular file"):
            Files(path=str(path))
