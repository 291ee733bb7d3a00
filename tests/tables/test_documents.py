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
