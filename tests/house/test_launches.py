"""`kcoder run`, started twice at once by torchrun: one process carries out the spec, both train."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil

SPEC = """
name: both
why: Do two processes train as one does?
pretrain:
  {architecture: codegen, hidden: 32, layers: 1, vocabulary: 300, epochs: 99, max_steps: 400, save_every: 20,
   parallel: {}, data: {source: mini, languages: {python: 1.0}, sample: 200, decontaminate: [mini]}}
data: {source: mini, language: lua, sample: 60, decontaminate: [mini]}
train: none
"""
RUN = [sys.executable, "-m", "kcoder", "run", "both.yaml", "--device", "cpu"]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--no-python"]


def test_under_torchrun_it_stops_with_a_checkpoint_and_one_process_goes_on(tmp_path):
    (tmp_path / "both.yaml").write_text(SPEC)
    given = {"cwd": tmp_path, "env": os.environ | {"KCODER_DEVICE": "cpu", "HF_HUB_OFFLINE": "1"}, "text": True}
    process = subprocess.Popen([*TORCHRUN, *RUN], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **given)
    while not list(tmp_path.rglob("checkpoints/step-*")):
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    below = psutil.Process(process.pid).children(recursive=True)
    assert len([p for p in below if "kcoder.training.worker" in p.cmdline()]) == 2
    process.send_signal(signal.SIGTERM)
    told, _ = process.communicate(timeout=60)
    assert "interrupted; everything finished is kept" in told
    assert not any(each.is_running() for each in below)
    [folder] = tmp_path.rglob("checkpoints")
    assert json.loads((folder / "numerics.json").read_text())["processes"] == 2
    alone = subprocess.run([*RUN, "--set", "pretrain.parallel.processes=1"], capture_output=True, **given)
    assert alone.returncode == 0, alone.stdout + alone.stderr
    [manifest] = tmp_path.glob("runs/.store/pretrain-*/manifest.json")
    facts = json.loads(manifest.read_text())["facts"]
    assert facts["steps"] == 400
    assert "processes" not in facts["used"]
    assert "going on after step" in alone.stdout + alone.stderr
