"""What every child of the launcher does before it becomes a program, and what is told of how it ended."""

from __future__ import annotations

import base64
import contextlib
import os
import select
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kcoder.isolation import kernel, python_program
from kcoder.isolation.limits import Watch

Wire = dict[str, Any]
#: bytes of a program's standard error that are kept, from its end
ERRORS = 8192
#: where a child says that it could not become a program
FAULT = python_program.ASKED - 1


@contextlib.contextmanager
def failing(fault: int) -> Iterator[None]:
    """In a child: whatever hinders it from becoming a program is told behind its back, and it ends.

    Executing a program closes that pipe: no program can say that it was not started.
    """
    try:
        os.dup2(fault, FAULT, inheritable=False)
        yield
    except BaseException as error:
        os.write(FAULT, f"cannot start: {error}".encode())
    finally:
        os._exit(127)


def settled(folder: str, output: int, errors: int) -> None:
    """In a child: a session, a folder and streams of its own."""
    kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
    os.setsid()
    os.chdir(folder)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, number in ((null, 0), (output, 1), (errors, 2)):
        os.dup2(source, number)


def watch(pid: int, streams: tuple[int, ...], limits: Wire, above: int) -> Watch:
    """The watch over a program under the limits of its job, and over all other processes below `above`."""
    shares = (limits["memory"] << 20, limits["processes"])
    return Watch(pid, streams, limits["seconds"], limits["output"] << 10, shares, above)


def reaped(pid: int) -> tuple[int, float, int]:
    """How a child ended, when it has: its status, seconds of processor time and KiB."""
    _, status, used = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss


def ended(
    pid: int, why: str, watch: Watch, fault: int, limits: Wire, reap: Callable[[int], Sequence[Any]] = reaped
) -> Wire:
    """Make sure that a program has ended, and tell how: `status` is negative for a signal."""
    if why == "abandoned":
        os._exit(1)
    if why:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    code, spent, memory = reap(pid)
    watch.close()
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and spent >= int(limits["seconds"]) + 1):
        why = why or "time"
    output, errors = watch.streams
    hindered = os.read(fault, 200) if select.select([fault], [], [], 0)[0] else b""
    for stream in (output, errors, fault):
        os.close(stream)
    return (
        ({"failed": hindered.decode("utf-8", "replace")} if hindered else {})
        | {"seconds": spent, "memory": memory >> 10}
        | told(code, why, watch.texts[output], watch.texts[errors])
    )


def told(status: int, why: str, output: bytes | bytearray, errors: bytes | bytearray) -> Wire:
    """How a command ended, and what it said."""
    return {
        "status": status,
        "ended": why,
        "output": base64.b64encode(output).decode(),
        "errors": base64.b64encode(errors[-ERRORS:]).decode(),
    }
