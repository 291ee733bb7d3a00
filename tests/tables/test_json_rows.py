"""JSON Lines and arrays: each fault is mended and counted, or refused with its place."""

import json

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


def test_json_lines_cut_in_the_middle_of_a_line_name_that_line(tmp_path):
    assert "rows.jsonl:2: the file ends in the middle of this line" in refusal(tmp_path, GOOD[:-6])


def test_a_broken_line_is_named_with_its_column(tmp_path):
    assert refusal(tmp_path, b'{"code": "a"}\n{"code": }\n' + GOOD).startswith("rows.jsonl:2:10: not valid JSON")


def test_json_of_a_hundred_thousand_levels_is_refused(tmp_path):
    deep = b'{"code": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert "rows.jsonl:1: nested too deep" in refusal(tmp_path, deep)
    assert "rows.json: nested too deep" in refusal(tmp_path, b"[" + deep + b"]", "rows.json")


@pytest.mark.parametrize("line", [b"3", b'"code"', b"[1]", b"null"])
def test_a_line_that_is_no_object_is_refused(tmp_path, line):
    told = refusal(tmp_path, GOOD + line + b"\n")
    assert told.startswith("rows.jsonl:3: ")
    assert "not an object" in told


def test_a_row_of_an_array_that_is_no_object_is_refused(tmp_path):
    assert "rows.json: row 2 is the value 3, not an object" in refusal(tmp_path, b'[{"a": "b"}, 3]', "rows.json")
    assert "an array without rows" in refusal(tmp_path, b"[]", "rows.json")
    assert "one object, not an array" in refusal(tmp_path, b'{"a": "b"}', "rows.json")


def test_broken_json_in_an_array_is_named_with_its_line(tmp_path):
    assert refusal(tmp_path, b'[{"a": "b"},\n{"a": }]', "rows.json").startswith("rows.json:2:7: not valid JSON")


def test_a_lone_surrogate_is_replaced_and_counted_and_a_pair_is_a_character(tmp_path):
    found = table(tmp_path, rb'{"code": "a\ud800b \ud83d\ude00"}')
    assert found.texts("code").to_list() == ["a\ufffdb 😀"]
    assert found.notes["lone surrogates replaced by U+FFFD"] == 1


def test_line_separators_inside_strings_end_no_line(tmp_path):
    data = json.dumps({"code": "a\u2028b\u0085c"}, ensure_ascii=False).encode()
    assert table(tmp_path, data).values("code") == ["a\u2028b\u0085c"]


def test_a_line_of_a_hundred_megabytes_is_read(tmp_path):
    path = made(tmp_path, b'{"code": "' + b"x" * 100_000_000 + b'"}\n' + GOOD, "rows.jsonl")
    first, rest = read(path)  # what is that large is given by itself
    assert [len(each) for each in (*first.values("code"), *rest.values("code"))] == [100_000_000, 1, 1]


def test_nan_and_infinity_are_read_as_they_are_written(tmp_path):
    assert table(tmp_path, b'{"a": NaN}\n{"a": -Infinity}\n').texts("a").to_list() == ["NaN", "-Infinity"]


def test_long_numbers_keep_every_digit(tmp_path):
    digits = "123456789012345678901234567890"
    assert table(tmp_path, f'{{"id": {digits}}}\n'.encode()).texts("id").to_list() == [digits]
    longer = "9" * 5000  # more than Python turns into a number
    assert table(tmp_path, f'{{"id": {longer}}}\n'.encode()).texts("id").to_list() == [longer]


def test_the_last_of_repeated_keys_counts_and_is_counted(tmp_path):
    found = table(tmp_path, b'{"a": "x", "a": "y"}\n')
    assert found.values("a") == ["y"]
    assert found.notes["repeated keys in an object; the last one counts"] == 1


def test_json_lines_under_the_name_of_json_are_read(tmp_path):
    assert table(tmp_path, GOOD, "rows.json").height == 2


def test_windows_newlines_and_blank_lines_do_no_harm(tmp_path):
    found = table(tmp_path, GOOD.replace(b"\n", b"\r\n\r\n"))
    assert found.values("code") == ["a", "b"]
    assert found.notes["blank lines left out"] == 2
