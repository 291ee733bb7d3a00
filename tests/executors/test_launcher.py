"""The launcher dies with whoever gives it jobs, and takes its programs along."""

import json
import os
import subprocess
import sys
import time

import psutil

from kcoder.executors.process import LAUNCHER

#: seconds that only the program of this very test sleeps
NAP = str(2_000_000 + os.getpid())


def test_when_orders_end_in_the_middle_of_a_job_nothing_is_left(tmp_path):
    job = {
        "folder": str(tmp_path),
        "id": "1",
        "file": "p.py",
        "program": f"import subprocess\nsubprocess.run(['sleep', '{NAP}'])",
        "command": [sys.executable, "p.py"],
        "timeout": 60,
        "memory": 500,
        "output": 100,
        "no_network": False,
    }
    launcher = subprocess.Popen(
        [sys.executable, "-I", "-S", str(LAUNCHER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert "no_network" in json.loads(launcher.stdout.readline())
    launcher.stdin.write(json.dumps(job) + "\n")
    launcher.stdin.flush()
    for _ in range(100):
        if sleeping():
            break
        time.sleep(0.1)
    assert sleeping()
    launcher.stdin.close()
    assert launcher.wait(10) == 1
    assert not sleeping()


def sleeping():
    return [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", NAP]]
