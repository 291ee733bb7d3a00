"""What the kernel refuses to programs: calls that no program to be judged needs, and that lead out.

Default allow: languages' run-times use calls that nobody lists. Not refused: anything a program needs to read and
write its own files, to start threads, and, while it is built, processes.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from kcoder.isolation.kernel import LIBC, NO_NEW_PRIVILEGES, SECCOMP, X86, checked, prctl

_BOTH = {
    "pidfd_getfd": 438,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsmount": 432,
    "mount_setattr": 442,
}
_X86 = {
    "ptrace": 101,
    "pivot_root": 155,
    "mount": 165,
    "umount2": 166,
    "swapon": 167,
    "reboot": 169,
    "init_module": 175,
    "delete_module": 176,
    "kexec_load": 246,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "unshare": 272,
    "perf_event_open": 298,
    "open_by_handle_at": 304,
    "setns": 308,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "finit_module": 313,
    "bpf": 321,
    "userfaultfd": 323,
}
_ARM = {
    "umount2": 39,
    "mount": 40,
    "pivot_root": 41,
    "unshare": 97,
    "kexec_load": 104,
    "init_module": 105,
    "delete_module": 106,
    "ptrace": 117,
    "reboot": 142,
    "add_key": 217,
    "request_key": 218,
    "keyctl": 219,
    "swapon": 224,
    "perf_event_open": 241,
    "open_by_handle_at": 265,
    "setns": 268,
    "process_vm_readv": 270,
    "process_vm_writev": 271,
    "finit_module": 273,
    "bpf": 280,
    "userfaultfd": 282,
}
REFUSED = tuple(({**_BOTH, **(_X86 if X86 else _ARM)}).values())
ARCHITECTURE = 0xC000003E if X86 else 0xC00000B7
SOCKET, CLONE, KILL, FORKS = (41, 56, 62, (57, 58)) if X86 else (198, 220, 129, ())
CLONE3 = 435
#: flags of clone that make namespaces, and the one that makes a thread
NAMESPACES, THREAD = 0x7E020000, 0x00010000
UNIX = 1

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _FIRST = 0, 4, 16

Line = tuple[int, int, int, int]
#: the lines, which must be held as long as their head, and the head that points to them
Program = tuple[ctypes.Array[ctypes.c_char], bytes]


def _line(code: int, value: int, then: int = 0, otherwise: int = 0) -> Line:
    return code, then, otherwise, value


def _refuse(number: int, how: int) -> list[Line]:
    return [_line(_EQUAL, number, 0, 1), _line(_RETURN, _ERROR | how)]


def _when_first(number: int, test: int, value: int, refused_if: bool, how: int = errno.EPERM) -> list[Line]:
    """Refuse a call by its first argument: where the test holds, or where it does not. `how` 0 pretends success."""
    hold, fail = (0, 1) if refused_if else (1, 0)
    return [
        _line(_EQUAL, number, 0, 4),
        _line(_LOAD, _FIRST),
        _line(test, value, hold, fail),
        _line(_RETURN, _ERROR | how),
        _line(_LOAD, _NUMBER),
    ]


def _program(lines: list[Line]) -> Program:
    head = [
        _line(_LOAD, _ARCH),
        _line(_EQUAL, ARCHITECTURE, 1, 0),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER),
    ]
    if X86:  # the same calls under other numbers
        head += [_line(_AT_LEAST, 0x40000000, 0, 1), _line(_RETURN, _ERROR | errno.ENOSYS)]
    packed = b"".join(struct.pack("HBBI", *line) for line in [*head, *lines, _line(_RETURN, _ALLOW)])
    text = ctypes.create_string_buffer(packed, len(packed))
    return text, struct.pack("HxxxxxxQ", len(packed) // 8, ctypes.addressof(text))


def _common() -> list[Line]:
    # clone3 hides its flags behind a pointer: told that it does not exist, libc uses clone
    lines = _refuse(CLONE3, errno.ENOSYS)
    lines += _when_first(CLONE, _ANY_BIT, NAMESPACES, refused_if=True)
    # compilers talk over pairs of local sockets
    lines += _when_first(SOCKET, _EQUAL, UNIX, refused_if=False)
    for number in REFUSED:
        lines += _refuse(number, errno.EPERM)
    return lines


_COMMON = _program(_common())


def refuse() -> None:
    """Refuse, from now on and to all children, what leads out of the sandbox."""
    _load(_COMMON)


def refuse_processes() -> None:
    """Refuse new processes (threads are left) and signals to anybody else: for where there is no namespace of them.

    A process too many is refused as where they are counted; a signal is lost without a word, as where nobody is seen.
    """
    lines = [line for number in FORKS for line in _refuse(number, errno.EAGAIN)]
    lines += _when_first(CLONE, _ANY_BIT, THREAD, refused_if=False, how=errno.EAGAIN)
    lines += _when_first(KILL, _EQUAL, os.getpid(), refused_if=False, how=0)
    _load(_program(lines))


def _load(program: Program) -> None:
    prctl(NO_NEW_PRIVILEGES, 1)
    checked(LIBC.prctl(SECCOMP, ctypes.c_ulong(2), ctypes.c_char_p(program[1]), 0, 0), "seccomp")
