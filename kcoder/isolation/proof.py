"""A level is proven before it is used: a program in there tries to get out.

The attempts are few and honest: each succeeds where nothing holds it back (the level `none`), so that a failure means
something.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from kcoder.isolation.client import Launcher, RefusedError, Room

SECRET = "kcoder-secret"
_ATTEMPTS = """
import ctypes, os, socket

def escapes(file, port, other):
    done = []
    def attempt(name, what):
        try:
            if what():
                done.append(name)
        except OSError:
            pass
    attempt("reads files", lambda: SECRET in open(file).read())
    attempt("writes files", lambda: open(file + ".written", "w").write("x"))
    attempt("reaches the network", lambda: not socket.create_connection(("127.0.0.1", port), 2).close())
    attempt("looks into other processes", lambda: open("/proc/%d/cmdline" % other).read())
    attempt("", lambda: os.kill(other, 9))
    attempt("makes namespaces", lambda: ctypes.CDLL(None).unshare(0x10000000) == 0)
    return done
"""
#: what would make a level hold
CURES = {
    "namespaces": "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000 "
    "kernel.apparmor_restrict_unprivileged_userns=0; in Docker: --security-opt seccomp=unconfined",
    "landlock": "a kernel from 5.13 on with landlock among its security modules (lsm=...,landlock)",
}
LIMITS = {"seconds": 10, "memory": 512, "files": 16, "processes": 32, "output": 64}


@cache
def proven(level: str) -> str:
    """Nothing where the level holds on this machine; else why not: what the kernel said, or how a program got out."""
    try:
        found = escapes(level)
    except RefusedError as error:
        return str(error)
    return f"a program {', '.join(found)}" if found else ""


def escapes(level: str) -> list[str]:
    """What a program gets away with at this level. Raises RefusedError where the level cannot be had."""
    launcher = Launcher(Room(level))
    with (
        tempfile.TemporaryDirectory(prefix="kcoder-proof-") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
        subprocess.Popen(["sleep", "60"]) as other,
    ):
        Path(folder).chmod(0o777)  # only the level may stand in the way, not who owns what
        file = Path(folder) / "secret"
        file.write_text(SECRET)
        code = f"SECRET = {SECRET!r}\n{_ATTEMPTS}"
        tests = f"say(escapes({str(file)!r}, {server.getsockname()[1]}, {other.pid}))"
        try:
            told = launcher.ask({"code": code, "tests": tests, **LIMITS}, 3 * LIMITS["seconds"])
            killed = other.poll() is not None
        finally:
            launcher.close()
            other.kill()
    if told is None or len(told["said"]) != 1:
        raise RefusedError(f"the self-test did not come to its end: {(told or {}).get('python', 'no answer')}")
    return [str(each) for each in told["said"][0]] + (["ends other processes"] if killed else [])
