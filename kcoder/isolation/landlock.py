"""Files, TCP and signals that a program may not reach, where there are no namespaces.

What this does not protect against: a kernel before 6.7 lets TCP pass here (seccomp refuses it all the same), one
before 6.12 lets signals pass (seccomp refuses them to the program that is judged, not to what builds it).
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from kcoder.isolation.kernel import LIBC, NO_NEW_PRIVILEGES, checked, prctl

CREATE, ADD, RESTRICT = 444, 445, 446
EXECUTE, WRITE, READ, READ_FOLDER, TRUNCATE, DEVICE = 1, 2, 4, 8, 1 << 14, 1 << 15


def version() -> int:
    """The kernel's version of landlock; 0 where there is none."""
    return max(0, int(LIBC.syscall(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))))


def restrict(readable: Iterable[str], writable: Iterable[str]) -> None:
    """From now on these paths and nothing else, no TCP, and no signals to who is not as restricted.

    A path that is not there is passed over. Raises OSError where the kernel has no landlock.
    """
    known = version()
    files = (1 << 13) - 1 | (1 << 13 if known >= 2 else 0) | (TRUNCATE if known >= 3 else 0)
    files |= DEVICE if known >= 5 else 0
    rules = struct.pack("QQQ", files, 3 if known >= 4 else 0, 3 if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = checked(LIBC.syscall(CREATE, rules, ctypes.c_size_t(size), ctypes.c_uint32(0)), "landlock")
    of_file = EXECUTE | WRITE | READ | (TRUNCATE if known >= 3 else 0) | (DEVICE if known >= 5 else 0)
    for paths, access in ((readable, EXECUTE | READ | READ_FOLDER), (writable, files)):
        for path in paths:
            try:
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            allowed = access if Path(path).is_dir() else access & of_file
            rule = struct.pack("=Qi", allowed, place)
            checked(LIBC.syscall(ADD, ruleset, 1, rule, ctypes.c_uint32(0)), f"landlock {path}")
            os.close(place)
    prctl(NO_NEW_PRIVILEGES, 1)
    checked(LIBC.syscall(RESTRICT, ruleset, ctypes.c_uint32(0)), "landlock")
    os.close(ruleset)
