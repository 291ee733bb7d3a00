"""Memory and disks, read from what a machine would say."""

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from kcoder.probes import room
from kcoder.probes.room import disk, memory, shared

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def machine(tmp_path):
    """A root folder whose kernel says what it is given."""

    def made(total, free, group="", files=None):
        (tmp_path / "proc/self").mkdir(parents=True)
        lines = f"MemTotal:       {total // 1024} kB\nMemFree: 1 kB\nMemAvailable:   {free // 1024} kB\n"
        (tmp_path / "proc/meminfo").write_text(lines + "HugePages_Total:       0\n")
        (tmp_path / "proc/self/cgroup").write_text(group)
        for path, text in (files or {}).items():
            place = tmp_path / "sys/fs/cgroup" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return tmp_path

    return made


GIB = 1024**3


def test_memory_of_a_machine(machine):
    found = memory(machine(32 * GIB, 20 * GIB))
    assert (found.ok, found.found) == (True, "21.5 of 34.4 GB free")
    assert found.facts == {"total": 32 * GIB, "free": 20 * GIB, "limit": None}


def test_too_little_memory_is_a_finding(machine):
    found = memory(machine(32 * GIB, GIB))
    assert (found.ok, found.found) == (False, "1.1 of 34.4 GB free")
    assert found.cure


def test_a_containers_limit_counts_wherever_above_us_it_is_set(machine):
    files = {
        "job/memory.max": str(8 * GIB),
        "job/memory.current": str(2 * GIB),
        "job/step/memory.max": "max",
        "job/step/memory.current": str(GIB),
    }
    found = memory(machine(32 * GIB, 20 * GIB, "0::/job/step\n", files))
    assert found.found == "6.4 GB free: this container or job may take 8.6 of 34.4 GB"
    assert (found.ok, found.facts["limit"]) == (True, 8 * GIB)


def test_a_limit_of_the_old_kind_counts_too_and_one_above_the_machines_memory_is_none(machine):
    files = {"memory/job/memory.limit_in_bytes": str(3 * GIB), "memory/job/memory.usage_in_bytes": str(2 * GIB)}
    found = memory(machine(32 * GIB, 20 * GIB, "5:cpu:/x\n4:memory:/job\n", files))
    assert (found.ok, found.found.split()[:2]) == (False, ["1.1", "GB"])


def test_no_limit_is_an_old_kernels_largest_number(machine):
    files = {"memory/memory.limit_in_bytes": str(2**63 - 4096), "memory/memory.usage_in_bytes": "1"}
    found = memory(machine(32 * GIB, 20 * GIB, "4:memory:/\n", files))
    assert (found.found, found.facts["limit"]) == ("21.5 of 34.4 GB free", None)


def test_a_system_that_does_not_say_is_no_finding(tmp_path):
    assert memory(tmp_path).ok


def test_this_machine_has_memory():
    assert memory().facts["total"] > 1e8


def test_a_small_shared_memory_is_a_finding_and_a_large_one_is_not_told(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(64e6, 0, 64e6))
    found = shared(tmp_path)
    assert (found.ok, found.found.partition(":")[0]) == (False, "64 MB")
    assert "--shm-size" in found.cure
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(8e9, 0, 8e9))
    assert shared(tmp_path) is None
    assert shared(tmp_path / "none") is None


def test_places_on_one_disk_are_one_line_and_the_cache_need_not_be_there_yet(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1e12, 0, 77.6e9))
    places = {"here": tmp_path, "the hub's cache": tmp_path / "not/yet", "/tmp": tmp_path}
    [found] = disk(places)
    assert (found.ok, found.found) == (True, "77.6 GB free here, in the hub's cache and in /tmp")
    [found] = disk({"here": tmp_path})
    assert found.found == "77.6 GB free here"


def test_each_disk_that_is_nearly_full_is_a_finding_with_its_own_cure(monkeypatch, tmp_path):
    other = Path("/proc")  # a file system of its own on every Linux
    monkeypatch.setattr(os, "access", lambda path, mode: True)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1e12, 0, 2e9 if path == other else 50e9))
    here, hub = disk({"here": tmp_path, "the hub's cache": other})
    assert (here.ok, hub.ok) == (True, False)
    assert hub.found == "2.0 GB free in the hub's cache"
    assert hub.cure.startswith("HF_HOME=")


def test_a_place_that_cannot_be_written_to_is_a_finding(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    [found] = disk({"here": tmp_path})
    assert (found.ok, found.found) == (False, f"here: {tmp_path} cannot be written to")
    assert "--out" in found.cure


def test_a_doctors_three_places_are_looked_at(monkeypatch):
    monkeypatch.setattr(room, "shared", lambda: None)
    found = room.room()
    assert found[0].part == "memory"
    assert [name for f in found[1:] for name in f.facts["of"]] == ["here", "the hub's cache", "/tmp"]
