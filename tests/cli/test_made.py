"""A step of a run with what it has made."""

import pytest

from kcoder.artifact import seal
from kcoder.cli.made import Made
from kcoder.records import Document, Dropped, Packed, Record, frame
from kcoder.stage import Stage
from kcoder.stages.duplicates import Duplicates
from kcoder.stages.pack import Pack


def made(root, name, kind, **asked):
    """A step of this kind of work whose artifact is `root/name`, with the key `name`."""
    (root / name).mkdir()
    told = {"is": kind, "revision": 1} | asked
    return Made({"step": name, "variants": [""], "key": name, "asked": told, "facts": {"n": 1}}, root / name)


@pytest.fixture
def duplicates(tmp_path):
    step = made(tmp_path, "data.duplicates", "duplicates", revision=Duplicates.revision)
    frame(Document, [{"id": "a", "text": "x"}]).write_parquet(step.folder / "kept.parquet")
    frame(Dropped, [{"id": "b", "text": "x", "reason": "exact"}] * 2).write_parquet(step.folder / "dropped.parquet")
    seal(step.folder, {"rows": {"kept": 1, "dropped": 2}})
    return step


def test_its_tables_are_found_by_kind_and_counted(duplicates):
    assert set(duplicates.tables(Document)) == {"kept"}
    assert set(duplicates.tables(Document, Dropped)) == {"kept", "dropped"}
    assert duplicates.counts(Document, Dropped) == {"kept": 1, "dropped": 2}
    assert duplicates.tables(Packed) == {}


def test_what_it_was_made_of_is_found_by_the_keys_of_its_inputs(tmp_path, duplicates):
    wire = {"key": "data.duplicates", "output": "kept"}
    gone = {"key": "data.duplicates", "output": "other"}
    step = made(tmp_path, "train.rows", "pack", revision=Pack.revision, rows=wire, valid=gone, loss_on="all")
    assert step.inputs([duplicates, step]) == {"rows": duplicates.folder / "kept.parquet"}
    assert step.made_of([duplicates])
    assert not step.made_of([step])
    assert not duplicates.made_of([step])


@pytest.mark.parametrize("asked", [{"is": "nobody"}, {"is": "pack", "revision": 0}, {"is": "kcoder.x:Y"}])
def test_what_an_unknown_package_or_revision_made_is_not_guessed_at(tmp_path, asked):
    step = made(tmp_path, "x", "pack", **asked)
    assert step.stage is Stage
    assert step.tables(Record) == {}
    assert list(step.shows([step], 3, 100)) == []


def test_what_a_stage_shows_is_made_fit_for_the_terminal(tmp_path, monkeypatch):
    def show(cls, artifact, inputs, rows, width):
        yield f"{artifact.name} {rows} {width}"
        yield "\x1b[2J" + "w" * 200

    monkeypatch.setattr(Duplicates, "show", classmethod(show))
    step = made(tmp_path, "a", "duplicates", revision=Duplicates.revision)
    first, second = step.shows([step], 3, 40)
    assert first == "a 3 40"
    assert second.isprintable() and len(second) == 40


def test_an_artifact_that_is_gone_shows_nothing(tmp_path):
    step = made(tmp_path, "a", "pack", revision=Pack.revision)
    step.folder.rmdir()
    assert list(step.shows([step], 3, 100)) == []
    assert step.counts(Packed) == {}


def test_its_variant_is_part_of_its_title(tmp_path):
    step = made(tmp_path, "a", "pack")
    assert step.title == "a"
    step.entry["variants"] = ["lora"]
    assert (step.title, step.of) == ("a (lora)", "lora")
    step.entry["variants"] = ["lora", "full"]
    assert step.title == "a"
