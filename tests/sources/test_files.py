import json
import os

import polars as pl
import pytest
from pydantic import ValidationError

from kcoder.errors import MachineLacksError, UsageError
from kcoder.records import Document, schema
from kcoder.sources.files import Files


@pytest.fixture
def read(tmp_path, gather):
    """The rows of a file with these objects, and what the source said."""

    def reading(*objects, languages=(), name="rows.jsonl", **options):
        (tmp_path / name).write_text("".join(json.dumps(each) + "\n" for each in objects))
        found = gather(Files(path=str(tmp_path / name), **options), languages, told=name)
        assert found.rows.schema == schema(Document)
        return found.rows, found.said

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
    assert rows["input_at"].to_list() == [4, None]
    assert rows["prompt"][0][4:] == "1, 2"
    assert said == ["rows.jsonl: read as alpaca: question = instruction + input, code = output"]


def test_a_chat_gives_the_turns_before_and_the_last_answer(read):
    turns = [
        ("system", "s"),
        ("user", "q"),
        ("assistant", "a"),
        ("user", "more"),
        ("assistant", "b"),
        ("user", "thanks"),
    ]
    rows, said = read({"messages": [{"role": who, "content": text} for who, text in turns]}, {"messages": None})
    assert rows["prompt"].to_list() == ["System: s\n\nUser: q\n\nAssistant: a\n\nUser: more", ""]
    assert "rows.jsonl: 1 turns after the last answer of a chat, left out" in said
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
            "max_stars_count": 12,
        }
    )
    told = rows.select("id", "text", "prompt", "language", "source", "path", "repository", "licence", "stars")
    assert told.row(0) == ("ab", "x", None, "python", "rows.jsonl", "a/b.py", "me/it", "MIT", 12)


def test_repeated_and_missing_ids_are_made_unique_and_counted(read):
    rows, said = read(*({"id": each, "code": "x"} for each in ("a", "b", "a", None)))
    assert rows["id"].to_list() == ["a", "b", "a#3", "rows.jsonl#4"]
    assert "rows.jsonl: 2 repeated or missing ids, made unique by the row's number" in said


def test_repeated_ids_far_apart_are_found_too(read, monkeypatch):
    monkeypatch.setattr("kcoder.tables.read.ROWS", 2)
    rows, _ = read(*({"id": each, "code": "x"} for each in ("a", "b", "c", "a")))
    assert rows["id"].to_list() == ["a", "b", "c", "a#4"]


def test_a_column_that_comes_late_adds_to_what_was_guessed(read, monkeypatch):
    monkeypatch.setattr("kcoder.tables.read.ROWS", 1)
    rows, _ = read({"instruction": "a", "output": "x"}, {"instruction": "b", "input": "c", "output": "y", "stars": "7"})
    assert rows.select("prompt", "text", "stars").rows() == [("a", "x", None), ("b\nc", "y", 7)]


def test_a_column_that_comes_late_and_would_be_read_instead_is_refused(read, monkeypatch):
    monkeypatch.setattr("kcoder.tables.read.ROWS", 1)
    with pytest.raises(UsageError, match="output first appears after row 1, and would now be read as") as caught:
        read({"instruction": "a", "code": "x"}, {"instruction": "b", "output": "y"})
    assert caught.value.hint == "say which are meant, columns: {code: code}"


def test_stars_that_are_no_number_are_left_out_and_counted(read):
    rows, said = read({"code": "x", "stars": "many"}, {"code": "y", "stars": 3.0})
    assert rows["stars"].to_list() == [None, 3]
    assert "rows.jsonl: 1 stars that are no numbers, left out" in said


def test_missing_code_is_empty_and_counted(read):
    rows, said = read({"question": "a", "answer": None}, {"question": "b", "answer": "x"})
    assert rows["text"].to_list() == ["", "x"]
    assert "rows.jsonl: 1 rows without code, taken for empty" in said


def test_columns_can_be_told(read):
    rows, _ = read({"id": "7", "text": "q", "label": "a"}, columns={"question": "text", "code": "label"})
    assert rows.select("id", "prompt", "text").rows() == [("7", "q", "a")]


def test_parquet_and_csv_give_the_same_rows_as_json(tmp_path, gather):
    table = pl.DataFrame({"question": ["q", "r"], "answer": ["a\nb", "c"], "id": [1, 2]})
    table.write_parquet(tmp_path / "rows.parquet")
    table.write_csv(tmp_path / "rows.csv")
    (tmp_path / "rows.json").write_text(json.dumps(table.to_dicts()))
    found = [
        gather(Files(path=str(tmp_path / f"rows.{kind}"))).rows.drop("source") for kind in ("parquet", "csv", "json")
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
