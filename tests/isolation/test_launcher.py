"""The launcher dies with whoever gives it jobs, and takes its programs along."""

import json
import os
import signal
import time

import psutil
import pytest

from kcoder.isolation.client import Launcher, Room
from kcoder.isolation.proof import proven

#: seconds that only the program of this very test sleeps
NAP = str(2_000_000 + os.getpid())
STEP = {"command": ["sleep", NAP], "seconds": 60, "memory": 500, "files": 64, "processes": 32, "output": 100}


def sleeping():
    return [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", NAP]]


@pytest.fixture(params=["namespaces", "landlock", "none"])
def busy(request):
    """A launcher in the middle of a job."""
    if request.param != "none" and (why := proven(request.param)):
        pytest.skip(f"{request.param} does not hold here: {why}")
    launcher = Launcher(Room(request.param))
    process = launcher._started()
    process.stdin.write(json.dumps({"id": "1", "files": {}, "steps": [STEP]}).encode() + b"\n")
    process.stdin.flush()
    for _ in range(100):
        if sleeping():
            break
        time.sleep(0.1)
    assert sleeping()
    yield process
    launcher.close()


def gone():
    for _ in range(50):
        if not sleeping():
            return True
        time.sleep(0.1)
    return False


def test_when_orders_end_in_the_middle_of_a_job_nothing_is_left(busy):
    busy.stdin.close()
    busy.wait(10)
    assert gone()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_when_its_guard_is_ended_nothing_is_left(busy, how):
    busy.send_signal(how)
    busy.wait(10)
    assert gone()


def test_when_the_launcher_itself_is_killed_nothing_is_left(busy):
    [launcher] = psutil.Process(busy.pid).children()
    launcher.kill()
    assert busy.wait(10) == 1
    assert gone()
