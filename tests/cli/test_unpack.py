"""`kcoder unpack`."""

import io
import tarfile

import pytest


@pytest.fixture
def packed(kcoder, tiny):
    assert kcoder("pack", "tiny").code == 0
    return kcoder.folder / "tiny.tar"


def test_on_another_machine_the_same_spec_finds_everything_finished(kcoder, packed):
    said = kcoder("unpack", "tiny.tar", "--out", "elsewhere")
    assert said.code == 0, said.err
    assert "elsewhere/tiny  6 artifacts" in said.out
    assert "6 steps: 6 fresh" in kcoder("check", "tiny.yaml", "--out", "elsewhere").out
    assert kcoder("verify", "tiny", "--out", "elsewhere").code == 0
    assert (kcoder.folder / "elsewhere/tiny/data.split").resolve().is_dir()
    store = kcoder.folder / "elsewhere" / ".store"
    assert not list(store.glob(".unpacking*"))
    assert not any(path.stat().st_mode & 0o222 for path in store.glob("data.*/*"))


def test_what_is_there_already_is_kept(kcoder, packed):
    kcoder("unpack", "tiny.tar", "--out", "elsewhere")
    again = kcoder("unpack", "tiny.tar", "--out", "elsewhere")
    assert (again.code, "there is a run tiny in elsewhere already" in again.err) == (2, True)
    (kcoder.folder / "elsewhere/tiny").rename(kcoder.folder / "old")
    assert "0 artifacts, 6 were here already" in kcoder("unpack", "tiny.tar", "--out", "elsewhere").out


@pytest.mark.parametrize("cut", [0, 100, 20_000, 0.99])
def test_a_file_that_is_cut_is_refused_and_nothing_is_left(kcoder, packed, cut):
    whole = packed.read_bytes().rstrip(b"\0")  # its end is padded
    packed.write_bytes(whole[: int(cut * len(whole)) if isinstance(cut, float) else cut])
    said = kcoder("unpack", "tiny.tar", "--out", "elsewhere")
    assert said.code in (1, 2) and "Traceback" not in said.err and said.err
    left = [path for path in (kcoder.folder / "elsewhere").rglob("*") if path.is_file() and ".locks" not in path.parts]
    assert left == []


def test_a_flipped_bit_is_found_before_anything_is_there(kcoder, packed):
    with tarfile.open(packed) as told:
        member = next(m for m in told if m.name.endswith(".parquet") and m.size > 1000)
    data = bytearray(packed.read_bytes())
    data[member.offset_data + 500] ^= 1
    packed.write_bytes(data)
    said = kcoder("unpack", "tiny.tar", "--out", "elsewhere")
    assert said.code == 1 and "its content has changed" in said.err
    assert not list((kcoder.folder / "elsewhere" / ".store").glob("data.*"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("../escaped", tarfile.REGTYPE), ("run/link", tarfile.SYMTYPE), ("store/hard", tarfile.LNKTYPE)],
)
def test_no_file_gets_out_of_its_place(kcoder, name, kind):
    with tarfile.open(kcoder.folder / "evil.tar", "w") as told:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/passwd"
        told.addfile(member, io.BytesIO(b""))
    said = kcoder("unpack", "evil.tar", "--out", "elsewhere")
    assert said.code == 2, said.err
    assert not (kcoder.folder / "escaped").exists() and not (kcoder.folder / "elsewhere/escaped").exists()
