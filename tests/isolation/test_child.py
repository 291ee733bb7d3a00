"""What a child of the launcher tells of its beginning and its end."""

import base64
import os
import signal

import pytest

from kcoder.isolation import child, limits

LIMITS = {"seconds": 5, "memory": 500, "processes": 32, "output": 100}


@pytest.fixture(autouse=True)
def _orders(monkeypatch):
    """Somebody who waits for results: where nobody does, the launcher ends itself."""
    orders, giver = os.pipe()
    monkeypatch.setattr(limits, "ORDERS", orders)
    yield
    os.close(orders)
    os.close(giver)


def forked(work):
    """A child that does `work` once it has its streams; how it ended."""
    (output, write_output), (errors, write_errors), (fault, write_fault) = os.pipe(), os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        with child.failing(write_fault):
            child.settled("/", write_output, write_errors)
            work()
            os._exit(0)
    for descriptor in (write_output, write_errors, write_fault):
        os.close(descriptor)
    watch = child.watch(pid, (output, errors), LIMITS, os.getpid())
    return child.ended(pid, watch.until(), watch, fault, LIMITS)


def test_its_streams_and_its_status_are_told():
    def work():
        os.write(1, b"out")
        os.write(2, b"err")
        os._exit(3)

    found = forked(work)
    assert (found["status"], found["ended"]) == (3, "")
    assert (base64.b64decode(found["output"]), base64.b64decode(found["errors"])) == (b"out", b"err")
    assert "failed" not in found


def test_a_signal_is_a_negative_status():
    assert forked(lambda: os.kill(os.getpid(), signal.SIGKILL))["status"] == -signal.SIGKILL


def test_what_hinders_it_from_becoming_a_program_is_told():
    found = forked(lambda: os.execv("/nothing", ["nothing"]))
    assert "cannot start" in found["failed"]
    assert found["status"] == 127


def test_of_what_it_said_last_the_end_is_kept():
    found = child.told(0, "", b"", b"x" * child.ERRORS + b"the end")
    assert base64.b64decode(found["errors"]).endswith(b"the end")
    assert len(base64.b64decode(found["errors"])) == child.ERRORS
