"""A run's folder."""

import errno
import json
import os
from pathlib import Path

import pytest

from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.journal import Journal, find_run, link, runs, unlink, versions
from kcoder.plan import Plan


def test_a_diary_that_cannot_be_read_is_no_memory_and_no_error(tmp_path):
    (tmp_path / "run.json").write_text("{broken")
    (tmp_path / "lock.json").write_text("[]")
    memory = Journal(tmp_path).memory()
    assert (memory.asked, memory.failed, memory.world) == ({}, {}, {})


def test_the_world_is_remembered_and_what_could_not_be_told_is_not(tmp_path):
    journal = Journal(tmp_path / "x")
    world = {"lua-1": {"toolchain": "5.4"}, "zig-1": {"unknown": "zig not found"}, "mini-1": {}}
    journal.begin({"name": "x"}, Plan((), world), Host())
    assert json.loads((tmp_path / "x" / "lock.json").read_text()) == {"lua-1": {"toolchain": "5.4"}}
    assert Journal(tmp_path / "x").memory().world == {"lua-1": {"toolchain": "5.4"}}


def test_versions_are_those_of_installed_packages():
    assert {"kcoder", "pydantic"} <= versions().keys()


def test_links_are_relative_and_replaced(tmp_path):
    for name in ("a", "b"):
        (tmp_path / ".store" / name).mkdir(parents=True)
    place = tmp_path / "run" / "variant" / "train"
    link(tmp_path / ".store" / "a", place)
    link(tmp_path / ".store" / "b", place)
    assert str(place.readlink()) == "../../.store/b"
    unlink(place)
    assert not place.parent.exists()


def test_what_is_being_built_can_be_followed_from_the_runs_folder(tmp_path):
    journal, store = Journal(tmp_path / "run"), tmp_path / ".store"
    journal.folder.mkdir()
    for draft in (store / ".draft-a", store / ".draft-b"):
        draft.mkdir(parents=True)
        with pytest.raises(KeyboardInterrupt), journal.building(draft):
            (draft / "metrics.jsonl").write_text(draft.name)
            assert (journal.folder / "now" / "metrics.jsonl").read_text() == draft.name
            raise KeyboardInterrupt
        assert not os.path.lexists(journal.folder / "now")
    (journal.folder / "now").symlink_to(store / ".draft-a")  # of a run that was killed
    with journal.building(store / ".draft-b"):
        assert str((journal.folder / "now").readlink()) == "../.store/.draft-b"


def test_nothing_that_bears_the_name_makes_way_for_what_is_being_built(tmp_path):
    journal, draft = Journal(tmp_path / "run"), tmp_path / ".store" / ".draft-a"
    draft.mkdir(parents=True)
    variant = journal.folder / "now" / "train"
    variant.mkdir(parents=True)
    with journal.building(draft):
        assert variant.is_dir()
    unlink(variant)
    (journal.folder / "now").symlink_to("../.store/now-1")  # a step's result
    with journal.building(draft):
        pass
    assert str((journal.folder / "now").readlink()) == "../.store/now-1"


def test_what_is_being_built_is_built_without_links_too(tmp_path, monkeypatch):
    def none(*args, **options):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "symlink_to", none)
    with Journal(tmp_path).building(tmp_path / ".draft-a"):
        assert not os.path.lexists(tmp_path / "now")


def test_a_run_is_found_by_name_and_a_near_miss_is_suggested(tmp_path):
    (tmp_path / "quickstart").mkdir()
    (tmp_path / "quickstart" / "run.json").write_text("{}")
    assert find_run("quickstart", tmp_path) == tmp_path / "quickstart"
    assert runs(tmp_path) == [tmp_path / "quickstart"]
    with pytest.raises(UsageError) as caught:
        find_run("quikstart", tmp_path)
    assert caught.value.hint == "did you mean quickstart?"
