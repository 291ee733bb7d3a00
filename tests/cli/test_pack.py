"""`kcoder pack`."""

import tarfile


def test_a_run_is_one_file_with_all_that_it_was_made_of(kcoder, tiny):
    said = kcoder("pack", "tiny")
    assert said.code == 0
    assert "tiny.tar" in said.out and "artifacts" in said.out
    with tarfile.open(kcoder.folder / "tiny.tar") as told:
        names = told.getnames()
        assert all(member.isfile() or member.isdir() for member in told)
    assert {"run/run.json", "run/spec.yaml", "links.json"} <= set(names)
    there = {p.name for p in (kcoder.folder / "runs" / ".store").glob("data.*")}
    assert there == {name.split("/")[1] for name in names if name.startswith("store/data.")}


def test_what_cannot_be_packed_is_said_and_no_file_is_left(kcoder, tiny):
    [rows] = (kcoder.folder / "runs" / ".store").glob("data.filter-*")
    file = next(path for path in rows.iterdir() if path.name != "manifest.json")
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    said = kcoder("pack", "tiny")
    assert said.code == 1
    assert "its content has changed since it was made" in said.err and "kcoder verify tiny" in said.err
    assert not list(kcoder.folder.glob("*tiny.tar*"))
    rows.rename(rows.with_name("gone"))
    assert "the artifact of data.filter is gone" in kcoder("pack", "tiny").err
    assert kcoder("pack", "tyny").code == 2
    assert "no folder nowhere" in kcoder("pack", "tiny", "-o", "nowhere/tiny.tar").err
