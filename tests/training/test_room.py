"""How much memory there is."""

import pytest

from kcoder.training import gpu
from kcoder.training import room as rooms
from kcoder.training.room import room

GB = 10**9


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A system of files; returns what puts text into one."""
    monkeypatch.setattr(rooms, "SYSTEM", tmp_path)
    monkeypatch.setattr(gpu, "capability", lambda: None)

    def put(name, text):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    put("proc/meminfo", "MemTotal: 99 kB\nMemAvailable:    8000000 kB\n")
    return put


def test_what_is_available_counts(system):
    assert room().free == 8_000_000 * 1024
    assert room().where == "RAM"


@pytest.mark.parametrize(
    ("limit", "used"),
    [("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")],
)
def test_a_groups_limit_counts_where_it_leaves_less(system, limit, used):
    system(f"sys/fs/cgroup/{limit}", f"{3 * GB}\n")
    system(f"sys/fs/cgroup/{used}", f"{GB}\n")
    assert room().free == 2 * GB


def test_so_does_that_of_a_group_around_ones_own(system):
    system("proc/self/cgroup", "0::/jobs/7/step\n")
    system("sys/fs/cgroup/jobs/7/memory.max", f"{GB}\n")
    system("sys/fs/cgroup/jobs/7/memory.current", "0\n")
    system("sys/fs/cgroup/jobs/7/step/memory.max", "max\n")
    assert room().free == GB


def test_a_gpus_free_memory_counts_where_there_is_one(system, monkeypatch):
    monkeypatch.setattr(gpu, "capability", lambda: (7, 5))
    monkeypatch.setattr(gpu, "free", lambda: 15 * GB)
    assert (room().where, room().free, room().able) == ("GPU", 15 * GB, (7, 5))
