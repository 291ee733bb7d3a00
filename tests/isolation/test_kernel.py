"""Calls to the kernel fail with their reason; root gives itself up for good."""

import errno
import os
import subprocess
import sys

import pytest

from kcoder.isolation import kernel


def test_a_call_that_fails_says_what_and_why():
    with pytest.raises(OSError, match="mount /nowhere: ") as failed:
        kernel.mount("none", "/nowhere", "tmpfs")
    assert failed.value.errno in (errno.ENOENT, errno.EPERM)


BECOME = """
import os, sys
from kcoder.isolation import kernel
kernel.become_nobody(int(sys.argv[1]))
held = [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapAmb"))]
print(os.getresuid(), os.getgroups(), *held)
kernel.drop_capabilities()
print(*[line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapPrm", "NoNewPrivs"))])
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize(("keep", "held"), [(0, "0" * 16), (1 << 2, "0" * 15 + "4")])
def test_root_becomes_nobody_and_keeps_what_it_was_told_to(keep, held):
    done = subprocess.run([sys.executable, "-c", BECOME, str(keep)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"(65534, 65534, 65534) [] {held} {held}", "0000000000000000 1"]


@pytest.mark.skipif(os.getuid() == 0, reason="root becomes somebody else")
def test_who_is_not_root_stays_who_they_are():
    kernel.become_nobody()
    assert os.getuid() != kernel.NOBODY
