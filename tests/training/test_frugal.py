"""Memory given back at once."""

import subprocess
import sys

import pytest

LEFT = """
import re, sys
from pathlib import Path
import torch
from kcoder.training.frugal import give_back_at_once

def held():
    return int(re.search(r"VmRSS:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

if sys.argv[1] == "frugal":
    assert give_back_at_once()
torch.ones(1)
torch.ones(6 * 2**20)  # freed: from now on glibc keeps what is no larger for itself
before = held()
tensors = [torch.ones(2**20) for _ in range(40)]
stays = tensors[-1]
del tensors
print(held() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have other C libraries")
def test_what_is_freed_below_something_that_stays_is_given_back():
    left = {}
    for way in ("hoard", "frugal"):
        done = subprocess.run([sys.executable, "-c", LEFT, way], capture_output=True, text=True, check=True)
        left[way] = float(done.stdout)
    assert left["hoard"] > 100  # of 160 MiB
    assert left["frugal"] < 10
