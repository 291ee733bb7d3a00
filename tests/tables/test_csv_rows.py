"""CSV: what is read, and what is refused with its line."""

import pytest

from kcoder.errors import UsageError
from kcoder.tables.read import read


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


def test_csv_records_of_another_length_than_the_header_are_named(tmp_path):
    told = refusal(tmp_path, b"question,code\na,b\na,b,c\n", "rows.csv")
    assert "rows.csv:3: 3 fields where the header has 2" in told


def test_an_open_quote_in_csv_is_named(tmp_path):
    assert "not valid CSV" in refusal(tmp_path, b'question,code\na,"b\n', "rows.csv")


def test_a_csv_header_alone_or_with_a_name_twice_is_refused(tmp_path):
    assert "a header and no rows" in refusal(tmp_path, b"question,code\n", "rows.csv")
    assert "two columns are called 'a'" in refusal(tmp_path, b"a,a\n1,2\n", "rows.csv")


def test_csv_fields_hold_newlines_and_whole_files(tmp_path):
    field = "x = 1\n" * 50_000
    found = table(tmp_path, f'question,code\nq,"{field}"\n'.encode(), "rows.csv")
    assert found.values("code") == [field]


def test_line_separators_and_long_numbers_pass_through(tmp_path):
    digits = "123456789012345678901234567890"
    found = table(tmp_path, f'id,code\n{digits},"a\u2028b"\n'.encode(), "rows.csv")
    assert (found.values("id"), found.values("code")) == ([digits], ["a\u2028b"])


def test_tabs_part_the_fields_of_tsv(tmp_path):
    assert table(tmp_path, b"question\tcode\na,b\tc\n", "rows.tsv").values("question") == ["a,b"]
