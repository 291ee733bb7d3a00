"""A table from any format, its columns by name."""

import polars as pl
import pytest

from kcoder.errors import UsageError
from kcoder.tables.read import read

GOOD = b'{"code": "a"}\n{"code": "b"}\n'


def made(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def table(tmp_path, data, name="rows.jsonl"):
    [found] = read(made(tmp_path, data, name))
    return found


def refusal(tmp_path, data, name="rows.jsonl"):
    with pytest.raises(UsageError) as caught:
        list(read(made(tmp_path, data, name)))
    assert "\n" not in caught.value.message
    return f"{caught.value.message.replace(str(tmp_path) + '/', '')} | {caught.value.hint}"


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows.csv", "rows.parquet"])
def test_a_file_of_zero_length_is_refused(tmp_path, name):
    assert "rows" in refusal(tmp_path, b"", name)


def test_a_parquet_file_cut_short_is_refused(tmp_path):
    whole = tmp_path / "whole.parquet"
    pl.DataFrame({"code": ["a"] * 100}).write_parquet(whole)
    assert "rows.parquet is no whole Parquet file" in refusal(tmp_path, whole.read_bytes()[:-20], "rows.parquet")


def test_a_parquet_file_without_rows_is_refused(tmp_path):
    pl.DataFrame({"code": []}, schema={"code": pl.String}).write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(UsageError, match=r"rows.parquet is empty"):
        list(read(tmp_path / "rows.parquet"))


def test_a_format_nobody_can_read_is_refused_with_those_that_can(tmp_path):
    told = refusal(tmp_path, GOOD, "rows.xlsx")
    assert ".xlsx" in told
    assert ".jsonl" in told


def test_a_key_that_comes_late_is_a_column(tmp_path):
    early, late = read(made(tmp_path, GOOD * 2048 + b'{"code": "c", "late": "x"}\n', "rows.jsonl"))
    assert (early.names, late.names) == (("code",), ("code", "late"))
    assert early.texts("late").null_count() == 4096
    assert late.texts("late").to_list() == ["x"]


def test_numbers_that_turn_into_text_keep_what_is_written(tmp_path):
    rows = b'{"a": 1}\n{"a": 1.50}\n{"a": "x"}\n{"a": null}\n{"a": true}\n{"a": [1, "y"]}\n'
    found = table(tmp_path, rows)
    assert found.texts("a").to_list() == ["1", "1.50", "x", None, "true", '["1", "y"]']
    assert found.notes["lists or objects in a written as JSON"] == 1


def test_a_parquet_column_of_lists_can_be_read_as_values_and_as_text(tmp_path):
    column = [[{"role": "user", "content": "q"}], None]
    pl.DataFrame({"messages": column, "n": [1, 2]}).write_parquet(tmp_path / "rows.parquet")
    [found] = read(tmp_path / "rows.parquet")
    assert found.values("messages") == column
    assert found.texts("messages").to_list() == ['[{"role": "user", "content": "q"}]', None]
    assert found.texts("n").to_list() == ["1", "2"]
