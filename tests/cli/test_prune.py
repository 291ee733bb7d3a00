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
    assert len(after) == len(before) - 5
    assert "6 steps: 6 fresh" in kcoder("check", "tiny.yaml", "--set", "data.sample=50").out


def test_drafts_of_an_unfinished_run_are_kept(kcoder, tiny):
    (kcoder.folder / "runs" / ".store" / ".draft-0123456789ab").mkdir()
    kcoder("run", "tiny.yaml", "--until", "nothing")
    kcoder("prune")
    assert not (kcoder.folder / "runs" / ".store" / ".draft-0123456789ab").exists()


def test_nothing_is_removed_while_a_run_is_at_work_or_cannot_be_read(kcoder, tiny):
    from kcoder.store import Store

    with Store(kcoder.folder / "runs" / ".store").in_use():
        said = kcoder("prune")
    assert (said.code, "a run is at work" in said.err) == (1, True)
    (tiny / "run.json").write_text("{")
    said = kcoder("prune")
    assert (said.code, "run.json cannot be read" in said.err) == (1, True)
    assert len(list((kcoder.folder / "runs" / ".store").glob("data.*"))) == 5


def test_what_an_artifact_was_made_of_is_kept_with_it(kcoder, tiny):
    import json

    diary = json.loads((tiny / "run.json").read_text())
    diary["steps"] = [s for s in diary["steps"] if s["step"] == "data.split"]
    diary["keys"] = []
    (tiny / "run.json").write_text(json.dumps(diary))
    kcoder("prune")
    names = {p.name.rpartition("-")[0] for p in (kcoder.folder / "runs" / ".store").glob("*-*") if p.name[0] != "."}
    assert names == {"data.read", "data.filter", "data.duplicates", "data.decontaminate", "data.split"}
