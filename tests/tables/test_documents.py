"""Tables into documents, one after another; what whole files become is in tests/sources/test_files.py."""

from pathlib import Path

import pytest

from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.source import Wanted
from kcoder.tables.documents import Documents
from kcoder.tables.read import Table


def table(*rows):
    names = tuple(dict.fromkeys(key for row in rows for key in row))
    return Table(Path("rows"), names, len(rows), list(rows))


def test_rows_are_numbered_on_from_table_to_table():
    documents = Documents("rows", {}, Wanted())
    first = documents.of(table({"code": "a"}, {"code": "b"}))
    second = documents.of(table({"code": "c"}))
    assert [*first["id"], *second["id"]] == ["rows#1", "rows#2", "rows#3"]


def test_what_was_guessed_is_said_once():
    said = []
    documents = Documents("rows", {}, Wanted(host=Host(say=said.append)))
    for _ in range(3):
        documents.of(table({"question": "q", "answer": "a"}))
    assert said == ["rows: read as pairs: question = question, code = answer"]


def test_an_input_is_kept_apart_from_its_instruction():
    [row] = Documents("rows", {}, Wanted()).of(table({"instruction": "do", "input": "it", "output": "x"})).to_dicts()
    assert (row["prompt"][: row["input_at"]], row["prompt"][row["input_at"] :]) == ("do\n", "it")


def test_columns_that_are_not_there_are_named():
    with pytest.raises(UsageError, match="no column is called label"):
        Documents("rows", {"code": "label"}, Wanted()).of(table({"text": "a"}))


def test_difficulty_and_topic_are_both_kept_and_a_row_keeps_the_source_it_names():
    rows = Documents("rows", {}, Wanted()).of(
        table(
            {"code": "a", "difficulty": "Hard", "topic": "DP", "source": "S3"},
            {"code": "b", "topic": "Arrays", "source": ""},
            {"code": "c"},
        )
    )
    assert rows["tags"].to_list() == ["difficulty=Hard; topic=DP", "topic=Arrays", None]
    assert rows["source"].to_list() == ["S3", "rows", "rows"]
    [row] = Documents("rows", {}, Wanted()).of(table({"code": "a", "difficulty": "Hard"})).to_dicts()
    assert (row["tags"], row["source"]) == ("Hard", "rows")


def chat(*turns):
    return {"messages": [{"role": who, "content": text} for who, text in turns]}


def test_what_the_last_answer_depends_on_stays_in_the_question():
    told = table(
        chat(("system", "Be brief."), ("user", "Add?"), ("assistant", "a + b")),
        chat(("system", "Be brief."), ("user", "Add?"), ("assistant", "a + b"), ("user", "Three?"), ("assistant", "c")),
        chat(("user", "Add?"), ("user", "Please."), ("assistant", "a + b"), ("user", "Thanks!")),
    )
    rows = Documents("rows", {}, Wanted()).of(told)
    assert rows.select("prompt", "text").rows() == [
        ("Be brief.\n\nAdd?", "a + b"),
        ("System: Be brief.\n\nUser: Add?\n\nAssistant: a + b\n\nUser: Three?", "c"),
        ("Add?\n\nPlease.", "a + b"),
    ]
    assert told.notes == {"turns after the last answer of a chat, left out": 1}


def test_several_licences_stand_in_words_and_not_as_json():
    told = table({"code": "a", "licenses": ["MIT", "ISC"]}, {"code": "b", "licenses": []}, {"code": "c"})
    assert Documents("rows", {}, Wanted()).of(told)["licence"].to_list() == ["MIT, ISC", None, None]
    assert not told.notes
