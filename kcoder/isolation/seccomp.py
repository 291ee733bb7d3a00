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
    "memfd_secret": 447,
}
_X86 = {
    # memory that belongs to no process: it counts nowhere, and some of it outlives the program
    "shmget": 29,
    "semget": 64,
    "msgget": 68,
    "mq_open": 240,
    "vmsplice": 278,
    "memfd_create": 319,
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
    "vmsplice": 75,
    "mq_open": 180,
    "msgget": 186,
    "semget": 190,
    "shmget": 194,
    "memfd_create": 279,
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
SOCKET, PAIR, CLONE, KILL, MMAP, PRLIMIT, FORKS = (
    (41, 53, 56, 62, 9, 302, (57, 58)) if X86 else (198, 199, 220, 129, 222, 261, ())
)
CLONE3 = 435
#: flags of clone that make namespaces, and the one that makes a thread
NAMESPACES, THREAD = 0x7E020000, 0x00010000
#: of a pair of sockets: its kind among other bits, and the kind that can still be sent elsewhere
KIND, DATAGRAM = 0xF, 2
#: of mapped memory: that it is shared and of no file
SHARED = 0x21
#: signals by other names than kill, to the process that is the first argument
SIGNALS = (234, 129, 297) if X86 else (131, 138, 240)  # tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo
#: what of another process can be set: its order in line, its processors
SCHEDULED = (
    (142, 144, 203, 314) if X86 else (118, 119, 122, 274)
)  # sched_setparam, _setscheduler, _setaffinity, _setattr
#: calls that reach what belongs to the user outside of what landlock shuts: tkill, pidfd_send_signal, setpriority,
#: ioprio_set; modes, owners, times and attributes of files by name; truncate
BEYOND = (
    (200, 424, 141, 251, 90, 91, 268, 452, 92, 93, 94, 260, 132, 235, 261, 280, 188, 189, 190, 197, 198, 199, 76)
    if X86
    else (130, 424, 140, 30, 52, 53, 452, 54, 55, 88, 5, 6, 7, 14, 15, 16, 45)
)
TRUNCATE = 76 if X86 else 45
FCNTL, SET_OWNER, SET_OWNER_OF, SET_SIGNAL = (72 if X86 else 25), 8, 15, 10
UNIX = 1

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _FIRST = 0, 4, 16
_SECOND, _FOURTH = _FIRST + 8, _FIRST + 24

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


def _when(number: int, argument: int, mask: int, value: int, how: int = errno.EPERM) -> list[Line]:
    """Refuse a call where the bits of `mask` of an argument are `value`."""
    return [
        _line(_EQUAL, number, 0, 5),
        _line(_LOAD, argument),
        _line(_AND, mask),
        _line(_EQUAL, value, 0, 1),
        _line(_RETURN, _ERROR | how),
        _line(_LOAD, _NUMBER),
    ]


def _packed(lines: list[Line]) -> bytes:
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _program(lines: bytes) -> Program:
    text = ctypes.create_string_buffer(_HEAD + lines + _LAST, len(_HEAD + lines + _LAST))
    return text, struct.pack("HxxxxxxQ", len(text) // 8, ctypes.addressof(text))


_HEAD = _packed(
    [
        _line(_LOAD, _ARCH),
        _line(_EQUAL, ARCHITECTURE, 1, 0),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER),
        # the same calls under other numbers
        *([_line(_AT_LEAST, 0x40000000, 0, 1), _line(_RETURN, _ERROR | errno.ENOSYS)] if X86 else []),
    ]
)
_LAST = _packed([_line(_RETURN, _ALLOW)])


def _common() -> list[Line]:
    # clone3 hides its flags behind a pointer: told that it does not exist, libc uses clone
    lines = _refuse(CLONE3, errno.ENOSYS)
    lines += _when_first(CLONE, _ANY_BIT, NAMESPACES, refused_if=True)
    # a local socket leads to whatever listens on this machine: D-Bus, Docker. Compilers talk over pairs of them
    lines += _refuse(SOCKET, errno.EPERM)
    lines += _when_first(PAIR, _EQUAL, UNIX, refused_if=False)
    lines += _when(PAIR, _SECOND, KIND, DATAGRAM)
    # memory that is shared is in nobody's count
    lines += _when(MMAP, _FOURTH, SHARED, SHARED)
    lines += _when_first(PRLIMIT, _EQUAL, 0, refused_if=False)
    for number in REFUSED:
        lines += _refuse(number, errno.EPERM)
    return lines


def _beyond() -> list[Line]:
    lines = [line for number in FORKS for line in _refuse(number, errno.EPERM)]
    lines += _when_first(CLONE, _ANY_BIT, THREAD, refused_if=False, how=errno.EPERM)
    for number in SCHEDULED:
        lines += _when_first(number, _EQUAL, 0, refused_if=False, how=0)
    for command in (SET_OWNER, SET_OWNER_OF, SET_SIGNAL):
        lines += _when(FCNTL, _SECOND, 0xFFFFFFFF, command)
    for number in BEYOND:
        lines += _refuse(number, 0 if number != TRUNCATE else errno.EPERM)
    return lines


_COMMON, _BEYOND = _program(_packed(_common())), _packed(_beyond())


def refuse() -> None:
    """Refuse, from now on and to all children, what leads out of the sandbox."""
    _load(_COMMON)


def refuse_processes() -> None:
    """Refuse new processes (threads are left), and signals and settings to anybody else: for where there is no
    namespace of them. So also what landlock lets pass to files of the user's outside: their modes, owners and times.

    Processes are not permitted, since Ruby tries for ever where it is told to try again; the rest is lost without a
    word, as where nobody is seen.
    """
    own = os.getpid()
    signals = [_packed(_when_first(call, _EQUAL, own, refused_if=False, how=0)) for call in (KILL, *SIGNALS)]
    _load(_program(_BEYOND + b"".join(signals)))


def _load(program: Program) -> None:
    prctl(NO_NEW_PRIVILEGES, 1)
    checked(LIBC.prctl(SECCOMP, ctypes.c_ulong(2), ctypes.c_char_p(program[1]), 0, 0), "seccomp")
