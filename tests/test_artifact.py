"""Digests, seals, and what they find."""

import json

import pytest

from kcoder.artifact import Artifact, canonical, freed, seal, taken, write_durably


@pytest.fixture
def artifact(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "sub" / "b.txt").write_text("world")
    seal(tmp_path, {"key": "k"})
    return Artifact(tmp_path)


def test_a_sealed_folder_is_as_its_manifest_says(artifact):
    assert artifact.key == "k"
    assert artifact.size == 10
    assert artifact.faults(thorough=True) == []


def test_a_log_of_times_is_no_part_of_the_result(artifact, tmp_path):
    before = artifact.digest
    (tmp_path / "metrics.jsonl").write_text("{}")
    assert artifact.faults(thorough=True) == []
    (tmp_path / "manifest.json").unlink()
    seal(tmp_path, {"key": "k"})
    assert Artifact(tmp_path).digest == before
    (tmp_path / "sub" / "metrics.jsonl").write_text("{}")
    assert Artifact(tmp_path).faults(thorough=False) != []


def test_a_flipped_bit_is_found_by_reading_only(artifact):
    path = artifact.folder / "a.txt"
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    assert artifact.faults(thorough=False) == []
    assert artifact.faults(thorough=True) == ["a.txt: its content has changed since it was made"]


def test_missing_added_and_resized_files_are_found(artifact):
    (artifact.folder / "a.txt").write_text("hello!")
    (artifact.folder / "sub" / "b.txt").unlink()
    (artifact.folder / "c.txt").write_text("")
    assert artifact.faults(thorough=False) == [
        "a.txt: 6 bytes, 5 when it was made",
        "sub/b.txt: missing",
        "c.txt: was not there when the artifact was made",
    ]


def test_equal_files_give_equal_digests_whatever_else_the_manifest_says(tmp_path):
    digests = []
    for name, seconds in (("x", 1.0), ("y", 2.0)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "a").write_text("same")
        seal(folder, {"key": name, "seconds": seconds})
        digests.append(Artifact(folder).digest)
    assert digests[0] == digests[1]


def test_a_link_is_refused_in_an_output(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to("/etc/passwd")
    with pytest.raises(ValueError, match="a link in an output"):
        seal(tmp_path / "out", {"key": "k"})


def test_canonical_json_has_one_spelling():
    assert canonical({"b": 1, "a": "é"}) == canonical(json.loads('{"a":"\\u00e9","b":1}'))
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))


def test_a_durable_write_leaves_no_draft_behind(tmp_path):
    write_durably(tmp_path / "f", b"1")
    write_durably(tmp_path / "f", b"2")
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
    assert (tmp_path / "f").read_bytes() == b"2"


def test_a_durable_write_that_fails_names_the_file(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        write_durably(tmp_path / "missing" / "f", b"1")
    assert caught.value.filename == str(tmp_path / "missing" / "f")


def test_a_file_of_several_names_takes_its_place_once_and_is_free_when_the_last_is_gone(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
    (one / "weights").write_bytes(b"x" * 1000)
    (one / "again").hardlink_to(one / "weights")
    (other / "weights").hardlink_to(one / "weights")
    (other / "card").write_bytes(b"x" * 10)
    assert (taken(one), taken(other), taken(one, other)) == (1000, 1010, 1010)
    assert (freed(one), freed(other), freed(one, other)) == (0, 10, 1010)
