"""`kcoder prune`."""


def test_only_what_no_run_needs_is_removed(kcoder, tiny):
    kcoder("run", "tiny.yaml", "--set", "data.sample=50")
    store = kcoder.folder / "runs" / ".store"
    before = {p.name for p in store.glob("data.*")}
    said = kcoder("prune", "--dry-run")
    assert "would remove" in said.out
    assert {p.name for p in store.glob("data.*")} == before
    kcoder("prune")
    after = {p.name for p in store.glob("data.*")}
    assert len(after) == len(before) - 4
    assert "5 steps: 5 fresh" in kcoder("check", "tiny.yaml", "--set", "data.sample=50").out


def test_drafts_of_an_unfinished_run_are_kept(kcoder, tiny):
    (kcoder.folder / "runs" / ".store" / ".draft-0123456789ab").mkdir()
    kcoder("run", "tiny.yaml", "--until", "nothing")
    kcoder("prune")
    assert not (kcoder.folder / "runs" / ".store" / ".draft-0123456789ab").exists()
