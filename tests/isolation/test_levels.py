"""What a job leaves at each level. What each keeps in is tried in executors/test_sandbox.py."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from kcoder.isolation.client import Launcher, Room
from kcoder.isolation.levels import LEVELS, children
from kcoder.isolation.proof import proven

#: seconds that only programs of this very test sleep
NAP = str(3_000_000 + os.getpid())
STEP = {"seconds": 10, "memory": 500, "files": 64, "processes": 32, "output": 100}


@pytest.mark.parametrize("level", LEVELS)
def test_a_job_leaves_no_process_and_no_folder(level, tmp_path, monkeypatch):
    if level != "none" and (why := proven(level)):
        pytest.skip(f"{level} does not hold here: {why}")
    launcher = Launcher(Room(level))
    try:
        build = {"command": ["sh", "-c", f"pwd > where; (setsid sleep {NAP} &); mkdir -p a/b; chmod 0 a"], **STEP}
        told = launcher.ask({"files": {"deep/file": "x"}, "steps": [build, {"command": ["cat", "where"], **STEP}]}, 60)
    finally:
        launcher.close()
    assert (told["status"], told["step"]) == (0, 1)
    assert not [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", NAP]]
    assert not Path(told["folder"]).exists()


def test_a_step_that_fails_is_the_last_one():
    launcher = Launcher(Room("none"))
    try:
        told = launcher.ask({"files": {}, "steps": [{"command": ["false"], **STEP}, {"command": ["true"], **STEP}]}, 60)
        assert (told["step"], told["steps"], told["status"]) == (0, 2, 1)
        told = launcher.ask({"files": {}, "steps": [{"command": ["/no/such/program"], **STEP}]}, 60)
        assert told["failed"] == "cannot start: [Errno 2] No such file or directory: '/no/such/program'"
    finally:
        launcher.close()


def test_children_are_those_of_this_process_alone():
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    assert sleeper.pid in children()
    sleeper.kill()
    sleeper.wait()
    assert sleeper.pid not in children()
