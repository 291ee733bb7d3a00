"""How much memory a process can still take, by what the system's files say."""

import pytest

from kcoder.ram import available, container, machine

GB = 10**9


@pytest.fixture
def system(tmp_path):
    """A system of files; returns what puts text into one."""

    def put(name, text):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    put("proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable:    8000000 kB\n")
    put.root = tmp_path
    return put


def test_what_is_available_counts(system):
    assert machine(system.root) == (9_000_000 * 1024, 8_000_000 * 1024)
    assert (available(system.root), container(system.root)) == (8_000_000 * 1024, (None, None))


@pytest.mark.parametrize(
    ("group", "limit", "used"),
    [
        ("0::/", "memory.max", "memory.current"),
        ("4:memory:/", "memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ],
)
def test_a_groups_limit_counts_where_it_leaves_less(system, group, limit, used):
    system("proc/self/cgroup", f"{group}\n")
    system(f"sys/fs/cgroup/{limit}", f"{3 * GB}\n")
    system(f"sys/fs/cgroup/{used}", f"{GB}\n")
    assert available(system.root) == 2 * GB


def test_files_that_were_read_are_no_memory_in_use(system):
    system("proc/self/cgroup", "0::/\n")
    for name, text in (("max", 3 * GB), ("current", 2 * GB), ("stat", f"anon 1\ninactive_file {GB}\n")):
        system(f"sys/fs/cgroup/memory.{name}", f"{text}\n")
    assert available(system.root) == 2 * GB


def test_so_does_that_of_a_group_around_ones_own_even_with_a_higher_limit(system):
    system("proc/self/cgroup", "0::/jobs/7/step\n")
    for place, limit, used in (("jobs/7", 4 * GB, 3.5 * GB), ("jobs/7/step", 2 * GB, 0)):
        system(f"sys/fs/cgroup/{place}/memory.max", f"{limit}\n")
        system(f"sys/fs/cgroup/{place}/memory.current", f"{used:.0f}\n")
    assert container(system.root) == (2 * GB, 0.5 * GB)
    assert available(system.root) == 0.5 * GB


def test_a_system_that_does_not_say_gives_nothing(tmp_path):
    assert available(tmp_path) == 0
