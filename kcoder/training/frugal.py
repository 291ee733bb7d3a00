"""Memory given back to the system as soon as it is free, where there is little of it.

The C library of Linux keeps what tensors leave behind and puts others in between: a training on a CPU was measured to
hold 1.2 to 1.7 times what its tensors take. Given back at once it holds what they take, and has to ask for it again in
the next step, which made steps 1.1 to 1.6 times as long (docs/decisions/0012). No number changes by it.
"""

from __future__ import annotations

import ctypes
import sys

#: glibc's name for the size from which on memory is asked of the system alone, and given back to it at once
_MMAP_THRESHOLD = -3
SIZE = 2**17
#: How many times what its tensors take a training may hold, where nothing is given back.
HOARD = 1.7


def give_back_at_once() -> bool:
    """From now on, in this process; whether this system can do so."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, SIZE))
    except (OSError, AttributeError):  # another C library
        return False
