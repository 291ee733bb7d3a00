"""Files whose bytes are not plain UTF-8: mended and counted, or refused with what they are."""

import gzip

import pytest

from kcoder.errors import UsageError
from kcoder.tables.read import read
from kcoder.tables.unpack import existing

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


def test_a_truncated_gzip_file_is_called_that(tmp_path):
    packed = gzip.compress(GOOD * 1000)
    assert "is a truncated gzip file" in refusal(tmp_path, packed[:-20], "rows.jsonl.gz")


def test_a_gzip_file_with_a_wrong_checksum_is_damaged(tmp_path):
    packed = bytearray(gzip.compress(GOOD))
    packed[-6] ^= 1
    assert "is a damaged gzip file" in refusal(tmp_path, bytes(packed), "rows.jsonl.gz")


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path):
    bomb = gzip.compress(b"x" * (1 << 20)) * 100  # members follow one another, in a line without an end
    assert "gzip bomb" in refusal(tmp_path, bomb, "rows.jsonl.gz")


def test_a_plain_file_with_the_name_of_a_packed_one_is_refused(tmp_path):
    assert "rows.jsonl.gz is no gzip file" in refusal(tmp_path, GOOD, "rows.jsonl.gz")


@pytest.mark.parametrize(
    ("name", "before"), [("rows.jsonl", b"{}"), ("rows.json", b"["), ("rows.json", b"{}"), ("rows.csv", b"a")]
)
def test_latin_1_is_named_with_line_and_byte(tmp_path, name, before):
    told = refusal(tmp_path, before + b'\n{"code": "\xe9"}', name)
    assert f"{name}:2: byte 11 of the line, 0xE9, is not UTF-8" in told
    assert "iconv -f LATIN1" in told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_wide_encodings_are_called_what_they_are(tmp_path, encoding):
    told = refusal(tmp_path, GOOD.decode().encode(encoding))
    assert "is UTF-16 or UTF-32, not UTF-8" in told
    assert "iconv" in told


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv"])
def test_a_nul_byte_is_named_with_its_line(tmp_path, name):
    assert f"{name}:3: a NUL byte" in refusal(tmp_path, GOOD + b'{"code": "a\0"}\n' + GOOD * 20, name)


def test_blank_lines_alone_are_an_empty_file(tmp_path):
    assert "rows.jsonl is empty" in refusal(tmp_path, b"\n \n")


def test_a_byte_order_mark_is_left_out_and_counted(tmp_path):
    found = table(tmp_path, b"\xef\xbb\xbf" + GOOD)
    assert found.names == ("code",)
    assert found.notes["byte order mark left out"] == 1


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.ndjson.gz", "rows.json.gz"])
def test_packed_files_are_unpacked(tmp_path, name):
    assert table(tmp_path, gzip.compress(GOOD), name).values("code") == ["a", "b"]


def test_a_missing_file_is_named_with_its_nearest_neighbour(tmp_path):
    made(tmp_path, GOOD, "rows.jsonl")
    with pytest.raises(UsageError, match="there is no file or folder") as caught:
        existing(tmp_path / "row.jsonl")
    assert caught.value.hint == f"did you mean {tmp_path / 'rows.jsonl'}?"
    assert existing(tmp_path / "rows.jsonl") == tmp_path / "rows.jsonl"
