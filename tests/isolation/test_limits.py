"""What a program may take, and how it is told that it took too much."""

import os
import subprocess
import sys
import time

import pytest

from kcoder.isolation import limits
from kcoder.isolation.limits import Watch, drained

LIMITED = """
import resource, sys
from kcoder.isolation.limits import limit
limit({"seconds": 2.5, "memory": 300, "files": 1, "processes": 9}, sys.argv[1] == "counted")
for kind in ("DATA", "CPU", "FSIZE", "NPROC"):
    print(*resource.getrlimit(getattr(resource, "RLIMIT_" + kind)))
"""


@pytest.mark.parametrize("counted", ["counted", "free"])
def test_a_process_is_limited_before_it_becomes_a_program(counted):
    done = subprocess.run([sys.executable, "-c", LIMITED, counted], capture_output=True, text=True, check=True)
    memory, seconds, size, processes = done.stdout.splitlines()
    assert (memory, seconds, size) == (f"{300 << 20} {300 << 20}", "3 4", f"{1 << 20} {1 << 20}")
    assert (processes == "9 9") is (counted == "counted")


@pytest.fixture
def watched(monkeypatch):
    """Watch a shell command whose output goes into a pipe."""
    orders, keep = os.pipe()
    monkeypatch.setattr(limits, "ORDERS", orders)
    started = []

    def watch(command, seconds=5.0, most=1000):
        read, write = os.pipe()
        process = subprocess.Popen(["sh", "-c", command], stdout=write, stderr=write)
        os.close(write)
        started.append(process)
        return Watch(process.pid, (read,), seconds, most), read

    yield watch, keep
    for process in started:
        process.kill()
        process.wait()


def test_what_a_program_prints_is_kept_until_it_ends(watched):
    watch, read = watched[0]("echo one; echo two")
    assert watch.until() == ""
    assert bytes(watch.texts[read]) == b"one\ntwo\n"


def test_a_stream_that_a_child_holds_open_does_not_keep_anybody_waiting(watched):
    began = time.monotonic()
    watch, read = watched[0]("sleep 30 & echo done")
    assert watch.until() == ""
    assert time.monotonic() - began < 10
    assert bytes(watch.texts[read]) == b"done\n"


def test_too_much_output_and_too_much_time_are_told_apart(watched):
    flood, read = watched[0]("yes")
    assert flood.until() == "output"
    assert len(flood.texts[read]) == 1000
    sleeper, _ = watched[0]("sleep 30", seconds=0.3)
    assert sleeper.until() == "time"


def test_who_waited_for_a_processor_is_not_late(watched, monkeypatch):
    waited = iter([0.4, 0.4, 0.4])
    monkeypatch.setattr(limits, "_waited", lambda pid: next(waited))
    sleeper, _ = watched[0]("sleep 30", seconds=0.3)
    assert sleeper.until() == "time"
    assert 0.65 < time.monotonic() - sleeper.began < 5


def test_no_wait_lasts_longer_than_patience(watched, monkeypatch):
    monkeypatch.setattr(limits, "_waited", lambda pid: 1e9)
    monkeypatch.setattr(limits, "PATIENCE", 3)
    sleeper, _ = watched[0]("sleep 30", seconds=0.2)
    assert sleeper.until() == "time"
    assert time.monotonic() - sleeper.began >= 0.6


def test_when_nobody_gives_orders_any_more_nobody_waits(watched):
    watch, keep = watched
    sleeper, _ = watch("sleep 30")
    os.close(keep)
    assert sleeper.until() == "abandoned"


def test_an_empty_pipe_gives_nothing_and_does_not_block():
    read, write = os.pipe()
    os.set_blocking(read, False)
    assert drained(read) == b""
    os.write(write, b"x")
    assert drained(read) == b"x"
