"""A process whose memory is really limited: the training says what fits, or goes on with it."""

import json
import subprocess
import sys

import pytest

TRAINING = """
import dataclasses, json, re, resource, sys, tempfile
from pathlib import Path
import torch
from kcoder.errors import MachineLacksError
from kcoder.host import Host
from kcoder.stages.full import Full
from kcoder.training.checkpoint import load
from kcoder.training.loop import Loop
from kcoder.training.machine import Machine
from kcoder.training.rows import Rows

given, allowed, way = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(1)
rows = Rows.read(given / "train.parquet")
many = Rows(*(getattr(rows, f.name).repeat(60, 1)[:1024] for f in dataclasses.fields(Rows)))
loaded, said = load(given / "model"), []
how = Full(batch_size=1024, max_steps=1, valid_rows=1, on_out_of_memory=way)
loop = Loop(how, loaded.model, loaded.card, many, rows, Machine("cpu", "float32", 1), Path(tempfile.mkdtemp()),
            Host(say=said.append))
used = int(re.search(r"VmSize:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (used + allowed * 2**20, -1))
try:
    print(json.dumps([loop.train().facts(), said]))
except MachineLacksError as error:
    print(json.dumps([error.message, error.hint]))
"""


def trained(store, allowed, way):
    command = [sys.executable, "-c", TRAINING, str(store.root / "given"), str(allowed), way]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_with_room_nothing_is_halved(store):
    facts, said = trained(store, 4000, "halve")
    assert (facts["batch_size"], facts["accumulate"], said) == (1024, 1, [])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not limit a process's memory")
def test_without_room_it_goes_on_with_what_fits_or_says_it(store):
    facts, said = trained(store, 120, "halve")
    fits = facts["batch_size"]
    assert fits < 1024
    assert facts["accumulate"] * fits == 1024
    assert said[0].startswith("1024 rows do not fit into memory: going on with batch_size")
    message, hint = trained(store, 120, "stop")
    assert message.startswith("batches of 1024 rows of 48 tokens do not fit into the memory of this machine; batches")
    assert "which makes the same steps" in hint
