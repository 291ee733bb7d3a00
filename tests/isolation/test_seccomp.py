"""What the kernel refuses, asked by a process that has refused it to itself."""

import subprocess
import sys

import pytest

TRY = """
import ctypes, errno, os, socket, subprocess, sys, threading
from kcoder.isolation import seccomp
sleeper = subprocess.Popen(["sleep", "30"])
seccomp.refuse()
if sys.argv[1] == "processes":
    seccomp.refuse_processes()
def tried(what):
    try:
        what()
        return "allowed"
    except OSError as error:
        return errno.errorcode[error.errno]
    except RuntimeError:
        return "refused"
UNSHARE = 272 if seccomp.X86 else 97
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "")
def forked():
    if os.fork() == 0:
        os._exit(0)
ATTEMPTS = {
    "inet": lambda: socket.socket(socket.AF_INET),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "unix": socket.socketpair,
    "namespace": lambda: call(UNSHARE, 0x10000000),
    "clone3": lambda: call(435, 0, 0),
    "thread": lambda: threading.Thread(target=int).start(),
    "fork": forked,
    "kill": lambda: sleeper.kill(),
    "itself": lambda: os.kill(os.getpid(), 0),
}
print(*[tried(what) for what in ATTEMPTS.values()], sleeper.poll())
"""


@pytest.mark.parametrize(
    ("mode", "right"),
    [
        ("all", "EPERM EPERM allowed EPERM ENOSYS allowed allowed allowed allowed"),
        ("processes", "EPERM EPERM allowed EPERM ENOSYS allowed EPERM allowed allowed"),
    ],
)
def test_what_leads_out_is_refused_and_what_programs_need_is_not(mode, right):
    done = subprocess.run([sys.executable, "-c", TRY, mode], capture_output=True, text=True, check=True)
    assert done.stdout.split()[:9] == right.split()


def test_a_signal_to_somebody_else_is_lost_without_a_word():
    code = (
        "import os, subprocess, time\nfrom kcoder.isolation import seccomp\n"
        "sleeper = subprocess.Popen(['sleep', '30'])\nseccomp.refuse_processes()\n"
        "os.kill(sleeper.pid, 9)\ntime.sleep(.2)\nprint(sleeper.poll(), sleeper.pid)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ended, pid = done.stdout.split()
    subprocess.run(["kill", pid], check=True)
    assert ended == "None"
