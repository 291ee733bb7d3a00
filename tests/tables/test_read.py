"""The input faults a file of rows can have: each is mended and counted, or refused with its place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kcoder.errors import UsageError
from kcoder.tables.read import Table, read

GOOD = b'{"code": "a"}\n{"code": "b"}\n'


def made(tmp_path: Path, data: bytes, name: str = "rows.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def table(tmp_path: Path, data: bytes, name: str = "rows.jsonl") -> Table:
    return read(made(tmp_path, data, name))


def refusal(tmp_path: Path, data: bytes, name: str = "rows.jsonl") -> str:
    with pytest.raises(UsageError) as caught:
        read(made(tmp_path, data, name))
    assert "\n" not in caught.value.message
    return f"{caught.value.message.replace(str(tmp_path) + '/', '')} | {caught.value.hint}"


# ---- refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows.csv", "rows.parquet"])
def test_a_file_of_zero_length_is_refused(tmp_path: Path, name: str) -> None:
    assert "rows" in refusal(tmp_path, b"", name)


def test_a_parquet_file_cut_short_is_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    pl.DataFrame({"code": ["a"] * 100}).write_parquet(whole)
    assert "rows.parquet is no whole Parquet file" in refusal(tmp_path, whole.read_bytes()[:-20], "rows.parquet")


def test_a_parquet_file_without_rows_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"code": []}, schema={"code": pl.String}).write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(UsageError, match=r"rows.parquet is empty"):
        read(tmp_path / "rows.parquet")


def test_json_lines_cut_in_the_middle_of_a_line_name_that_line(tmp_path: Path) -> None:
    assert "rows.jsonl:2: the file ends in the middle of this line" in refusal(tmp_path, GOOD[:-6])


def test_a_broken_line_is_named_with_its_column(tmp_path: Path) -> None:
    assert refusal(tmp_path, b'{"code": "a"}\n{"code": }\n' + GOOD).startswith("rows.jsonl:2:10: not valid JSON")


def test_a_truncated_gzip_file_is_called_that(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD * 1000)
    assert "is a truncated gzip file" in refusal(tmp_path, packed[:-20], "rows.jsonl.gz")


def test_a_gzip_file_with_a_wrong_checksum_is_damaged(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(GOOD))
    packed[-6] ^= 1
    assert "is a damaged gzip file" in refusal(tmp_path, bytes(packed), "rows.jsonl.gz")


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(1 << 20)) * 100  # members follow one another
    assert "gzip bomb" in refusal(tmp_path, bomb, "rows.jsonl.gz")


def test_a_plain_file_with_the_name_of_a_packed_one_is_refused(tmp_path: Path) -> None:
    assert "rows.jsonl.gz is no gzip file" in refusal(tmp_path, GOOD, "rows.jsonl.gz")


@pytest.mark.parametrize(
    ("name", "before"), [("rows.jsonl", b"{}"), ("rows.json", b"["), ("rows.json", b"{}"), ("rows.csv", b"a")]
)
def test_latin_1_is_named_with_line_and_byte(tmp_path: Path, name: str, before: bytes) -> None:
    told = refusal(tmp_path, before + b'\n{"code": "\xe9"}', name)
    assert f"{name}:2: byte 11 of the line, 0xE9, is not UTF-8" in told
    assert "iconv -f LATIN1" in told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_wide_encodings_are_called_what_they_are(tmp_path: Path, encoding: str) -> None:
    told = refusal(tmp_path, GOOD.decode().encode(encoding))
    assert "is UTF-16 or UTF-32, not UTF-8" in told
    assert "iconv" in told


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv"])
def test_a_nul_byte_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    assert f"{name}:3: a NUL byte" in refusal(tmp_path, GOOD + b'{"code": "a\0"}\n' + GOOD * 20, name)


def test_json_of_a_hundred_thousand_levels_is_refused(tmp_path: Path) -> None:
    deep = b'{"code": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert "rows.jsonl:1: nested too deep" in refusal(tmp_path, deep)
    assert "rows.json: nested too deep" in refusal(tmp_path, b"[" + deep + b"]", "rows.json")


@pytest.mark.parametrize("line", [b"3", b'"code"', b"[1]", b"null"])
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, line: bytes) -> None:
    told = refusal(tmp_path, GOOD + line + b"\n")
    assert told.startswith("rows.jsonl:3: ")
    assert "not an object" in told


def test_a_row_of_an_array_that_is_no_object_is_refused(tmp_path: Path) -> None:
    assert "rows.json: row 2 is the value 3, not an object" in refusal(tmp_path, b'[{"a": "b"}, 3]', "rows.json")
    assert "an array without rows" in refusal(tmp_path, b"[]", "rows.json")
    assert "one object, not an array" in refusal(tmp_path, b'{"a": "b"}', "rows.json")


def test_broken_json_in_an_array_is_named_with_its_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, b'[{"a": "b"},\n{"a": }]', "rows.json").startswith("rows.json:2:7: not valid JSON")


def test_blank_lines_alone_are_an_empty_file(tmp_path: Path) -> None:
    assert "rows.jsonl is empty" in refusal(tmp_path, b"\n \n")


def test_csv_records_of_another_length_than_the_header_are_named(tmp_path: Path) -> None:
    told = refusal(tmp_path, b"question,code\na,b\na,b,c\n", "rows.csv")
    assert "rows.csv:3: 3 fields where the header has 2" in told


def test_an_open_quote_in_csv_is_named(tmp_path: Path) -> None:
    assert "not valid CSV" in refusal(tmp_path, b'question,code\na,"b\n', "rows.csv")


def test_a_csv_header_alone_or_with_a_name_twice_is_refused(tmp_path: Path) -> None:
    assert "a header and no rows" in refusal(tmp_path, b"question,code\n", "rows.csv")
    assert "two columns are called 'a'" in refusal(tmp_path, b"a,a\n1,2\n", "rows.csv")


def test_a_format_nobody_can_read_is_refused_with_those_that_can(tmp_path: Path) -> None:
    told = refusal(tmp_path, GOOD, "rows.xlsx")
    assert ".xlsx" in told
    assert ".jsonl" in told


# ---- mended and counted --------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_left_out_and_counted(tmp_path: Path) -> None:
    found = table(tmp_path, b"\xef\xbb\xbf" + GOOD)
    assert found.names == ("code",)
    assert found.notes["byte order mark left out"] == 1


def test_a_lone_surrogate_is_replaced_and_counted_and_a_pair_is_a_character(tmp_path: Path) -> None:
    found = table(tmp_path, rb'{"code": "a\ud800b \ud83d\ude00"}')
    assert found.texts("code").to_list() == ["a\ufffdb 😀"]
    assert found.notes["lone surrogates replaced by U+FFFD"] == 1


def test_line_separators_inside_strings_end_no_line(tmp_path: Path) -> None:
    data = json.dumps({"code": "a\u2028b\u0085c"}, ensure_ascii=False).encode()
    assert table(tmp_path, data).values("code") == ["a\u2028b\u0085c"]
    assert table(tmp_path, 'code\n"a\u2028b"\n'.encode(), "rows.csv").values("code") == ["a\u2028b"]


def test_a_line_of_a_hundred_megabytes_is_read(tmp_path: Path) -> None:
    found = table(tmp_path, b'{"code": "' + b"x" * 100_000_000 + b'"}\n' + GOOD)
    assert [len(each) for each in found.values("code")] == [100_000_000, 1, 1]


def test_a_key_that_comes_late_is_a_column(tmp_path: Path) -> None:
    found = table(tmp_path, GOOD * 500 + b'{"code": "c", "late": "x"}\n')
    assert found.names == ("code", "late")
    assert found.texts("late").drop_nulls().to_list() == ["x"]


def test_numbers_that_turn_into_text_keep_what_is_written(tmp_path: Path) -> None:
    rows = b'{"a": 1}\n{"a": 1.50}\n{"a": "x"}\n{"a": null}\n{"a": true}\n{"a": [1, "y"]}\n'
    found = table(tmp_path, rows)
    assert found.texts("a").to_list() == ["1", "1.50", "x", None, "true", '["1", "y"]']
    assert found.notes["lists or objects in a written as JSON"] == 1


def test_nan_and_infinity_are_read_as_they_are_written(tmp_path: Path) -> None:
    assert table(tmp_path, b'{"a": NaN}\n{"a": -Infinity}\n').texts("a").to_list() == ["NaN", "-Infinity"]


def test_long_numbers_keep_every_digit(tmp_path: Path) -> None:
    digits = "123456789012345678901234567890"
    assert table(tmp_path, f'{{"id": {digits}}}\n'.encode()).texts("id").to_list() == [digits]
    assert table(tmp_path, f"id\n{digits}\n".encode(), "rows.csv").texts("id").to_list() == [digits]
    longer = "9" * 5000  # more than Python turns into a number
    assert table(tmp_path, f'{{"id": {longer}}}\n'.encode()).texts("id").to_list() == [longer]


def test_the_last_of_repeated_keys_counts_and_is_counted(tmp_path: Path) -> None:
    found = table(tmp_path, b'{"a": "x", "a": "y"}\n')
    assert found.values("a") == ["y"]
    assert found.notes["repeated keys in an object; the last one counts"] == 1


def test_json_lines_under_the_name_of_json_are_read(tmp_path: Path) -> None:
    assert table(tmp_path, GOOD, "rows.json").height == 2


def test_windows_newlines_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    found = table(tmp_path, GOOD.replace(b"\n", b"\r\n\r\n"))
    assert found.values("code") == ["a", "b"]
    assert found.notes["blank lines left out"] == 2


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.ndjson.gz", "rows.json.gz"])
def test_packed_files_are_unpacked(tmp_path: Path, name: str) -> None:
    assert table(tmp_path, gzip.compress(GOOD), name).values("code") == ["a", "b"]


def test_csv_fields_hold_newlines_and_whole_files(tmp_path: Path) -> None:
    field = "x = 1\n" * 50_000
    found = table(tmp_path, f'question,code\nq,"{field}"\n'.encode(), "rows.csv")
    assert found.values("code") == [field]


def test_a_parquet_column_of_lists_can_be_read_as_values_and_as_text(tmp_path: Path) -> None:
    column: list[Any] = [[{"role": "user", "content": "q"}], None]
    pl.DataFrame({"messages": column, "n": [1, 2]}).write_parquet(tmp_path / "rows.parquet")
    found = read(tmp_path / "rows.parquet")
    assert found.values("messages") == column
    assert found.texts("messages").to_list() == ['[{"role": "user", "content": "q"}]', None]
    assert found.texts("n").to_list() == ["1", "2"]
