"""Strict YAML with places."""

import os

import pytest

from kcoder.errors import SpecError, UsageError
from kcoder.spec.load import load_file, load_text, scalar


def values(text):
    node, faults = load_text(text, "s.yaml")
    assert faults == []
    return node.plain()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5e-4", 5e-4),
        ("1_000_000", 1_000_000),
        ("-12", -12),
        ("0x1f", 31),
        ("3.10", 3.1),
        (".inf", float("inf")),
        ("no", "no"),
        ("off", "off"),
        ("yes", "yes"),
        ("true", True),
        ("~", None),
        ("2026-11-21", "2026-11-21"),
        ("1_", "1_"),
        ("12:30:45", "12:30:45"),
        ("1" * 41, "1" * 41),
    ],
)
def test_plain_scalars_follow_the_core_schema(written, meant):
    assert scalar(written) == meant
    assert values(f"a: {written}") == {"a": meant}


def test_quoted_scalars_stay_text():
    assert values("""{a: "5", b: 'true', c: "no"}""") == {"a": "5", "b": "true", "c": "no"}


def test_keys_are_always_text():
    assert values("on: 1\n1: 2\nno: 3") == {"on": 1, "1": 2, "no": 3}


def test_every_key_and_value_has_its_place():
    node, _ = load_text("name: x\ntrain:\n  r: 8\n", "s.yaml")
    r = node.entries["train"].entries["r"]
    assert (r.key.line, r.key.column, r.at.line, r.at.column) == (3, 3, 3, 6)
    assert r.at.text == "  r: 8"


def test_a_duplicate_key_names_both_lines_and_reading_goes_on():
    node, faults = load_text("a: 1\nb: 2\na: 3\nb: 4\n", "s.yaml")
    assert [(f.place.line, f.message) for f in faults] == [
        (3, "a: written twice, first on line 1"),
        (4, "b: written twice, first on line 2"),
    ]
    assert node.plain() == {"a": 1, "b": 2}


def test_anchors_and_merges_are_expanded():
    assert values("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}") == {"x": {"a": 1, "b": 2}, "y": {"a": 1, "b": 3}}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(6)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("- a\n- b\n", "a spec is a mapping"),
        ("a: [1, 2\nb: 3\n", "not valid YAML"),
        ("a:\n\tb: 1\n", "a tab where YAML wants spaces"),
        ("a: 1\n---\nb: 2\n", "a second document starts here"),
        ("a: &x [*x]\n", "an alias that holds itself"),
        ("[" * 100_000, "nested deeper than 64 levels"),
        (BOMB, "too many values after expanding aliases"),
    ],
)
def test_what_is_no_spec_is_one_fault_with_a_place(text, message):
    with pytest.raises(SpecError) as caught:
        load_text(text, "s.yaml")
    [fault] = caught.value.faults
    assert message in fault.message
    assert fault.place.line >= 1


def test_a_tag_is_a_fault_at_its_place():
    _, faults = load_text("a: 1\nb: !!python/object:os.system x\n", "s.yaml")
    assert [(f.place.line, "a YAML tag" in f.message) for f in faults] == [(2, True)]


def test_a_missing_file_suggests_the_near_miss(tmp_path):
    (tmp_path / "quickstart.yaml").write_text("name: x")
    with pytest.raises(UsageError) as caught:
        load_file(tmp_path / "quikstart.yaml")
    assert "no such file" in caught.value.message
    assert caught.value.hint == f"did you mean {tmp_path}/quickstart.yaml?"


def test_bytes_that_are_not_utf8_are_placed(tmp_path):
    (tmp_path / "s.yaml").write_bytes(b"name: x\nwhy: caf\xe9\n")
    with pytest.raises(SpecError) as caught:
        load_file(tmp_path / "s.yaml")
    [fault] = caught.value.faults
    assert (fault.place.line, fault.place.column, fault.message) == (2, 9, "not UTF-8: byte 0xe9")


def test_a_byte_order_mark_is_no_fault(tmp_path):
    (tmp_path / "s.yaml").write_bytes(b"\xef\xbb\xbfname: x\n")
    node, faults = load_file(tmp_path / "s.yaml")
    assert node.plain() == {"name": "x"}
    assert faults == []


def test_a_huge_file_is_refused(tmp_path):
    (tmp_path / "s.yaml").write_bytes(b"a: " + b"x" * (1 << 20))
    with pytest.raises(UsageError, match="is larger than"):
        load_file(tmp_path / "s.yaml")


def test_a_pipe_is_refused_unopened(tmp_path):
    os.mkfifo(tmp_path / "s.yaml")
    with pytest.raises(UsageError, match="no regular file"):
        load_file(tmp_path / "s.yaml")
    with pytest.raises(UsageError, match="no regular file"):
        load_file("/dev/zero")


def test_a_name_that_no_file_can_have_is_no_file():
    with pytest.raises(UsageError, match="no such file"):
        load_file("a\0b")
