"""The few calls to the Linux kernel that confinement is made of, through libc: no helper program is needed.

Standard library only, like everything in this package: it is loaded by the small processes that start programs.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
DETACH = 2
PDEATHSIG, DUMPABLE, KEEP_CAPABILITIES, SECCOMP, DROP_BOUNDING = 1, 4, 8, 22, 24
CHILD_SUBREAPER, NO_NEW_PRIVILEGES, AMBIENT, RAISE = 36, 38, 47, 2
SECURE_BITS, NO_SETUID_FIXUP = 28, 4
CAPGET, CAPSET, PIVOT_ROOT = (125, 126, 155) if X86 else (90, 91, 41)
CAPABILITIES = 41
_HEADER = struct.pack("Ii", 0x20080522, 0)
#: to read, and to search folders, whoever owns them: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
READ_ALL = 1 << 1 | 1 << 2
#: the user and group nobody, under which the kernel's overflow ids are known
NOBODY = 65534


def checked(result: int, what: str) -> int:
    """The result of a call. Raises OSError, naming `what`, where it failed."""
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def unshare(flags: int) -> None:
    checked(LIBC.unshare(flags), "unshare")


def enter_pids(namespace: int) -> None:
    """Children from now on are born in this namespace of processes."""
    checked(LIBC.setns(namespace, NEWPID), "setns")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    checked(LIBC.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]), f"mount {target}")


def unmount(target: str) -> None:
    checked(LIBC.umount2(os.fsencode(target), DETACH), f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    checked(LIBC.syscall(PIVOT_ROOT, os.fsencode(new), os.fsencode(old)), "pivot_root")


def prctl(option: int, value: int = 0, third: int = 0) -> None:
    arguments = [ctypes.c_ulong(each) for each in (value, third, 0, 0)]
    checked(LIBC.prctl(option, *arguments), f"prctl {option}")


def drop_bounding() -> None:
    """Nothing that is executed from here on can regain a capability."""
    for capability in range(CAPABILITIES):
        LIBC.prctl(DROP_BOUNDING, capability, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up every capability, for good."""
    _hold(0)
    prctl(NO_NEW_PRIVILEGES, 1)


def become_nobody(keep: int = 0) -> None:
    """Real root becomes nobody, without any group; of its capabilities those of the mask `keep` stay, also for what is
    executed. Who is not root stays who they are."""
    if os.getuid() != 0:
        return
    os.setgroups([])
    prctl(KEEP_CAPABILITIES, int(bool(keep)))
    if keep:  # else access() looks at the user alone, and gcc does not find its linker; this takes CAP_SETPCAP
        LIBC.prctl(SECURE_BITS, NO_SETUID_FIXUP, 0, 0, 0)
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    kept = _permitted() & keep
    _hold(kept)
    for capability in range(CAPABILITIES):
        if kept >> capability & 1:
            prctl(AMBIENT, RAISE, capability)
    prctl(DUMPABLE, 1)  # else /proc/self/uid_map belongs to root


def _permitted() -> int:
    held = ctypes.create_string_buffer(24)
    checked(LIBC.syscall(CAPGET, _HEADER, held), "capget")
    words = struct.unpack("6I", held.raw)
    return int(words[1] | words[4] << 32)


def _hold(mask: int) -> None:
    low, high = mask & 0xFFFFFFFF, mask >> 32
    checked(LIBC.syscall(CAPSET, _HEADER, struct.pack("6I", low, low, low, high, high, high)), "capset")


def enter_user(also: int) -> None:
    """A user namespace of one's own, and with it these others. One is root in there, over nothing outside."""
    user, group = os.getuid(), os.getgid()
    unshare(NEWUSER | also)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        Path(f"/proc/self/{name}").write_text(text)
