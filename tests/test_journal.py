"""A run's folder."""

import json

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


def test_a_run_is_found_by_name_and_a_near_miss_is_suggested(tmp_path):
    (tmp_path / "quickstart").mkdir()
    (tmp_path / "quickstart" / "run.json").write_text("{}")
    assert find_run("quickstart", tmp_path) == tmp_path / "quickstart"
    assert runs(tmp_path) == [tmp_path / "quickstart"]
    with pytest.raises(UsageError) as caught:
        find_run("quikstart", tmp_path)
    assert caught.value.hint == "did you mean quickstart?"
