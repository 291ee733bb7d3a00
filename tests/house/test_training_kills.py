"""Killed without warning at any moment, in saves too, a training goes on and makes the bytes of an undisturbed one."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLING = Path(__file__).with_name("killing_trainings.py")
OPTIONS = {"learning_rate": 3e-3, "batch_size": 4, "epochs": 12, "save_every": 2}
WAYS = {
    "full": ("full", OPTIONS | {"keep": 4}),
    "full in eight bits, activations twice": (
        "full",
        OPTIONS | {"optimizer": "adamw_8bit", "gradient_checkpointing": True},
    ),
    "lora with dropout, accumulated": ("lora", OPTIONS | {"batch_size": 2, "accumulate": 2, "r": 4, "dropout": 0.2}),
}


def killed(store, folder, way, kills, seed):
    method, options = WAYS[way]
    command = [KILLING, store.root / "given", folder, kills, seed, method, json.dumps(options)]
    done = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("way", WAYS)
def test_six_kills_change_no_byte(store, tmp_path, way):
    told = killed(store, tmp_path, way, kills=6, seed=6)
    assert told["kills"] == 6
    assert told["went_on"] >= 1


@pytest.mark.soak
@pytest.mark.parametrize("way", WAYS)
def test_thirty_kills_change_no_byte(store, tmp_path, way):
    told = killed(store, tmp_path, way, kills=30, seed=int(time.time()))
    sys.stdout.write(f"\n{json.dumps({'way': way, **told})}\n")
    assert told["kills"] == 30
    assert told["in_a_save"] >= 1
