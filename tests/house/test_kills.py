"""Killed at any moment and run again, a spec gives the digests of an undisturbed run, and repeats nothing finished."""

import datetime
import json
import platform
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLING = Path(__file__).with_name("killing.py")


def killed(folder, kills, seed):
    command = [sys.executable, str(KILLING), str(folder), str(kills), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_fifteen_kills_change_nothing(tmp_path):
    told = killed(tmp_path, kills=15, seed=20)
    assert told["kills"] == 15
    assert len(told["by_signal"]) == 3


@pytest.mark.soak
def test_sixty_kills_change_nothing(tmp_path):
    told = killed(tmp_path, kills=60, seed=int(time.time()))
    record = {"date": datetime.date.today().isoformat(), "machine": platform.platform(), **told}
    results = Path(__file__).parents[2] / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    (results / f"kills-{record['date']}.json").write_text(json.dumps(record, indent=1) + "\n")
    assert told["kills"] == 60
