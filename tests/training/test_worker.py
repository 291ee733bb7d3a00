"""A worker as its parent sees it. Trainings of several are in test_parallel.py."""

import json
import os
import subprocess
import sys


def told_by_a_worker(job):
    receive, send = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "kcoder.training.worker", str(send)], stdin=subprocess.PIPE, pass_fds=(send,)
    )
    os.close(send)
    process.stdin.write(json.dumps(job).encode() + b"\n")
    process.stdin.flush()
    with os.fdopen(receive) as lines:
        told = [json.loads(line) for line in lines]
    process.stdin.close()
    return told, process.wait()


def test_a_training_of_one_process_goes_through_a_worker_too(store, tmp_path):
    inputs = {"rows": "train", "valid": "valid", "model": "model"}
    job = {
        "method": "kcoder.stages.full:Full",
        "options": json.dumps({"max_steps": 2, "seed": 7, "parallel": {"processes": 1}}),
        "inputs": {name: str(store.path(given)) for name, given in inputs.items()},
        "out": str(tmp_path),
        "device": "cpu",
        "threads": 1,
        "meeting": (tmp_path / "meeting").as_uri(),
        "number": 0,
        "size": 1,
    }
    told, code = told_by_a_worker(job)
    assert code == 0
    assert [next(iter(line)) for line in told] == ["progress", "progress", "done"]
    assert told[-1]["done"]["steps"] == 2
    assert (tmp_path / "model/model.safetensors").exists()


def test_what_goes_wrong_is_told_with_its_story():
    told, code = told_by_a_worker({"method": "kcoder.stages.full:Nothing", "threads": 1, "device": "cpu"})
    assert code == 1
    assert told[0]["error"]["message"].startswith("AttributeError: module 'kcoder.stages.full' has no attribute")
    assert "Traceback" in told[0]["error"]["story"]


def test_what_trains_is_a_method():
    told, code = told_by_a_worker({"method": "kcoder.training.parallel:Parallel", "threads": 1, "device": "cpu"})
    assert code == 1
    assert told[0]["error"]["message"] == "kcoder.training.parallel:Parallel is no method of training"
