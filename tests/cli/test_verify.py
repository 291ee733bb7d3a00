"""`kcoder verify`."""


def test_every_digest_is_as_it_was_made(kcoder, tiny):
    said = kcoder("verify", "tiny")
    assert (said.code, "6 artifacts" in said.out) == (0, True)


def test_a_flipped_bit_is_found_and_the_cure_works(kcoder, tiny):
    path = (tiny / "data.filter" / "kept.parquet").resolve()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    said = kcoder("verify", "tiny")
    assert said.code == 1
    assert "kept.parquet: its content has changed since it was made" in said.out
    assert "--redo data.filter" in said.err
    assert kcoder("run", "tiny.yaml", "--redo", "data.filter").code == 0
    assert kcoder("verify", "tiny").code == 0
