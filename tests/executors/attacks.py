"""Programs that try to get a verdict they do not deserve, to get out, or to hurt what runs them.

In their code OUTSIDE is a folder that everybody may write into, with a file `secret`, one that belongs to who runs
programs, `own`, and the sockets `stream` and `packets`; OTHER is a process of somebody else's, NAP a number of seconds
that nobody else sleeps. What tries something that must not work returns the right value where it did not: only that
passes.
"""

from dataclasses import dataclass

PASSED, WRONG, RUNTIME, BUILD = "passed", "wrong answer", "runtime error", "build failed"
LATE, MEMORY, DENIED, INCOMPLETE = "timed out", "out of memory", "sandbox denied", "incomplete"


@dataclass(frozen=True)
class Attack:
    """`f(1)` must be 2 and `f(5)` 6, or else `tests` hold. `landlock` are the verdicts there, where they are others."""

    name: str
    language: str
    why: str
    verdicts: tuple[str, ...]
    code: str
    tests: str = ""
    landlock: tuple[str, ...] = ()


CHECK = "def check(candidate):\n    assert candidate(1) == 2\n    assert abs(candidate(5) - 6) < 1e-6\ncheck(f)\n"


def python(name, why, verdicts, code, tests="", landlock=()):
    return Attack(f"py-{name}", "python", why, _several(verdicts), code.lstrip("\n"), tests, _several(landlock))


def harmless(name, why, tried):
    """A Python program that tries, and must fail: each line of `tried` may raise, and sets `out` where it did not."""
    lines = "".join(f"    {line}\n" for line in tried.strip("\n").split("\n"))
    code = f"import ctypes, fcntl, mmap, os, signal, socket, struct, sys, time\nout = 0\n{SYSTEM_CALLS}"
    return python(
        name, why, PASSED, f"{code}try:\n{lines}except OSError:\n    pass\ndef f(n): return 0 if out else n + 1\n"
    )


def other(language, name, why, verdicts, code, landlock=()):
    return Attack(name, language, why, _several(verdicts), code.lstrip("\n"), "", _several(landlock))


def _several(verdicts):
    return (verdicts,) if isinstance(verdicts, str) else tuple(verdicts)


#: system calls by number, on both processors: did it work?
SYSTEM_CALLS = """
X86 = os.uname().machine == 'x86_64'
libc = ctypes.CDLL(None, use_errno=True)
def call(x86, arm, *given): return libc.syscall(x86 if X86 else arm, *given) >= 0
"""

VERDICTS = (
    python(
        "forged-first-answer",
        "says that its tests are finished before it says its names",
        (LATE, INCOMPLETE),
        """
import os, time
os.write(199, b'{"finished": true}\\n')
time.sleep(5)
""",
    ),
    python(
        "forged-in-an-exception",
        "tells of an exception with which its tests are finished",
        RUNTIME,
        """
import os, time
def f(n):
    os.write(199, b'{"raised": "X", "message": "", "kinds": [], "finished": 1, "wrong": 1}\\n')
    time.sleep(5)
""",
    ),
    python("own-say", "its own `say` swallows what is to be compared", WRONG, "def say(v): pass\ndef f(n): return 0\n"),
    python(
        "own-abs",
        "its own `abs` makes every difference small",
        WRONG,
        "def abs(v): return 0\ndef f(n): return 2\n",
        CHECK,
    ),
    python(
        "tests-in-frames",
        "looks for its tests in the frames below it and in all that the collector knows",
        WRONG,
        """
import gc, re, sys
found, frame = [], sys._getframe()
while frame:
    found += map(repr, list(frame.f_locals.values()) + list(frame.f_globals.values()))
    frame = frame.f_back
gc.unfreeze()
found += [repr(each) for each in gc.get_objects() if type(each) in (dict, tuple, list)]
known = re.findall(r'candidate.([0-9]). == ([0-9])', ' '.join(found))
def f(n): return next((int(right) for given, right in known if int(given) == n), 0)
""",
        CHECK,
    ),
    python(
        "tests-in-memory",
        "scans its own memory for these tests and earlier ones",
        WRONG,
        """
import ctypes, re
found = 0
for line in open('/proc/self/maps'):
    place, rights = line.split()[:2]
    if not rights.startswith('rw') or '[v' in line: continue
    begin, end = (int(each, 16) for each in place.split('-'))
    text = ctypes.string_at(begin, end - begin) if end - begin < 1 << 28 else b''
    found += len(re.findall(b'asser[t] candidat[e]', text))
def f(n): return n + 1 if found else 0
""",
        CHECK,
    ),
    python(
        "patched-driver",
        "replaces what tells its answers, in the module it was forked from",
        (RUNTIME, WRONG, INCOMPLETE),
        """
import sys
driver = sys.modules['kcoder.isolation.python_program']
driver.told = lambda *given: {'finished': True}
driver._raised = lambda error: {'finished': True}
driver.LONGEST_ANSWER = 0
def f(n): return 0
""",
    ),
    python(
        "silent-stop",
        "an exception that ends the loop over the calls instead of failing it",
        RUNTIME,
        "def f(n): raise StopIteration\n",
        "assert all(map(lambda n: f(n) == n + 1, [1, 5]))\n",
    ),
    python(
        "dead-among-the-caught",
        "dies where the tests catch whatever happens",
        INCOMPLETE,
        "import os\ndef f(n): os._exit(0)\n",
        "try:\n    f(1)\nexcept:\n    pass\n",
    ),
    python(
        "lying-object",
        "an object that lies about its class, equality, hash and copies",
        (WRONG, RUNTIME),
        """
class Liar:
    __class__ = property(lambda self: int)
    def __eq__(self, other): return True
    def __hash__(self): return hash(2)
    def __index__(self): return 2
    def __reduce__(self): return (int, (2,))
def f(n): return Liar()
""",
    ),
    python(
        "dying-words",
        "a finalizer that answers once more for the program",
        (WRONG, INCOMPLETE, LATE),
        """
import os
class Last:
    def __del__(self): os.write(199, b'{"result": 6}\\n' * 3)
def f(n):
    Last()
    return 0
""",
    ),
    python("nan-keys", "keys that equal nothing", WRONG, "def f(n): return {float('nan'): n + 1}\n"),
    python(
        "kinds-of-no-kind",
        "an exception whose classes are a number",
        (LATE, INCOMPLETE),
        """
import os, time
def f(n):
    os.write(199, b'{"raised": "X", "kinds": 5, "arguments": 3}\\n')
    time.sleep(5)
""",
    ),
    python(
        "nameless-signal",
        "dies of a signal that has no name",
        LATE,
        "import os, time\nos.kill(os.getpid(), 40)\ntime.sleep(5)\n",
        landlock=RUNTIME,
    ),
    python(
        "unprintable-words",
        "an error with what no file can hold and a terminal obeys",
        RUNTIME,
        "def f(n): raise ValueError('\\ud800\\x1b[2J\\r\\x9b1A\\u202e')\n",
    ),
    python("a-million-digits", "a number that is too long to be shown", WRONG, "def f(n): return 1 << 4_000_000\n"),
    python(
        "half-an-answer",
        "half of an answer, and then nothing",
        LATE,
        "import os, time\ndef f(n):\n    os.write(199, b'{\"result\": 2')\n    time.sleep(5)\n",
    ),
)

HARM = (
    python(
        "endless-range",
        "a short value that its tests go through for ever, where Python hears no signal",
        (DENIED, LATE),
        "def f(n): return range(10**15)\n",
        "assert sum(f(1)) == 2\n",
    ),
    python(
        "huge-range",
        "a short value of which its tests make a huge list",
        (RUNTIME, DENIED),
        "def f(n): return range(10**12)\n",
        "assert sorted(f(1)) == 2\n",
    ),
    python(
        "colliding-set",
        "a set of numbers with one and the same hash",
        (LATE, INCOMPLETE),
        """
import os, time
def f(n):
    items = ','.join(str(k * (2**61 - 1)) for k in range(100_000))
    os.write(199, ('{"result": {"~s": [' + items + ']}}\\n').encode())
    time.sleep(5)
""",
    ),
    python(
        "answer-of-64-mb",
        "an answer of millions of lists",
        (LATE, INCOMPLETE),
        """
import os, time
def f(n):
    data = b'{"result": [' + b'[],' * 21_000_000 + b'0]}\\n'
    while data: data = data[os.write(199, data):]
    time.sleep(5)
""",
    ),
    python(
        "stack-that-grows",
        "memory that is called a stack and counts as none",
        MEMORY,
        """
import ctypes, time
libc = ctypes.CDLL(None)
libc.mmap.restype, libc.mmap.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_size_t] + 3 * [ctypes.c_int] + [ctypes.c_long]
place = libc.mmap(None, 600 << 20, 3, 0x122, -1, 0)
for step in range(6):
    ctypes.memset(place + (step * 100 << 20), 1, 100 << 20)
time.sleep(5)
""",
    ),
    python(
        "memory-of-many",
        "children of whom each takes no more than it may",
        MEMORY,
        """
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = b'x' * (100 << 20)
        time.sleep(5)
time.sleep(5)
""",
        landlock=DENIED,
    ),
    python(
        "spinning-children",
        "children that stand in line for each other",
        LATE,
        """
import os
for _ in range(8):
    if os.fork() == 0:
        while True: pass
while True: pass
""",
        landlock=DENIED,
    ),
    python(
        "generations",
        "a child that ends after its child has begun, for ever",
        (LATE, PASSED, DENIED),
        """
import os, time
if os.fork() == 0:
    os.setsid()
    while True:
        if os.fork(): os._exit(0)
time.sleep(.2)
def f(n): return n + 1
""",
        landlock=DENIED,
    ),
    python(
        "threads",
        "thousands of threads with small stacks",
        (RUNTIME, DENIED),
        """
import threading, time
threading.stack_size(32768)
for _ in range(5000): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
time.sleep(5)
""",
    ),
    python(
        "depth",
        "three thousand folders in each other, the last ones closed",
        PASSED,
        """
import os
for level in range(3000):
    os.mkdir('d'); os.chdir('d')
open('file', 'w').close(); os.mkdir('closed', 0); os.chmod('.', 0)
def f(n): return n + 1
""",
    ),
    python(
        "many-files",
        "more files than there are places for",
        DENIED,
        "for number in range(20_000): open(str(number), 'w').close()\ndef f(n): return n + 1\n",
        landlock=(PASSED, LATE),
    ),
    python(
        "sparse-file",
        "a file of a terabyte of nothing",
        DENIED,
        "with open('sparse', 'wb') as file: file.truncate(1 << 40)\ndef f(n): return n + 1\n",
    ),
    python(
        "links-out",
        "links to what lies outside, for who cleans up",
        PASSED,
        """
import os
os.symlink('OUTSIDE', 'folder'); os.symlink('OUTSIDE/own', 'file'); os.symlink('.', 'loop')
for name in ('OUTSIDE/own', '/proc/self/exe'):
    try: os.link(name, 'hard')
    except OSError: pass
def f(n): return n + 1
""",
    ),
    python(
        "busy-after-the-verdict",
        "a thread that ignores every signal and writes outside when all is judged",
        PASSED,
        """
import signal, threading, time
for number in range(1, 32):
    if number not in (9, 19): signal.signal(number, signal.SIG_IGN)
def later():
    while True:
        time.sleep(.02)
        try: open('OUTSIDE/late', 'w').write('x')
        except OSError: pass
threading.Thread(target=later).start()
def f(n): return n + 1
""",
    ),
)

ESCAPES = (
    harmless(
        "local-socket",
        "D-Bus, Docker and X listen on local sockets",
        "socket.socket(1).connect('OUTSIDE/stream')\nout = 1",
    ),
    harmless(
        "local-packets",
        "one of a pair of datagram sockets can send to others",
        "pair = socket.socketpair(1, socket.SOCK_DGRAM)\npair[0].sendto(b'x', 'OUTSIDE/packets')\nout = 1",
    ),
    harmless(
        "abstract-socket",
        "a local socket without a file",
        "socket.socket(1).connect(chr(0) + 'kcoder-attack')\nout = 1",
    ),
    harmless(
        "all-families",
        "netlink, packets, vsock, Bluetooth, XDP",
        """
for family in range(50):
    for kind in (1, 2, 3):
        try:
            socket.socket(family, kind)
            out = 1
        except OSError: pass
""",
    ),
    harmless(
        "modes-outside",
        "landlock lets everybody change modes, owners, times and attributes",
        """
for change in (lambda name: os.chmod(name, 0o777), lambda name: os.utime(name, (1, 1)),
               lambda name: os.setxattr(name, 'user.kcoder', b'x'), lambda name: os.truncate(name, 0),
               lambda name: os.chmod(os.open(name, os.O_PATH), 0o777)):
    try: change('OUTSIDE/own')
    except OSError: pass
""",
    ),
    harmless(
        "signals-by-other-names",
        "tgkill, tkill, rt_sigqueueinfo, a descriptor of a process, the owner of a socket",
        """
call(234, 131, OTHER, OTHER, 9)
call(200, 130, OTHER, 9)
call(129, 138, OTHER, 9, struct.pack('iiii', 9, 0, -1, 0) + bytes(112))
try: signal.pidfd_send_signal(os.pidfd_open(OTHER), 9)
except OSError: pass
pair = socket.socketpair()
fcntl.fcntl(pair[0], fcntl.F_SETOWN, OTHER)
fcntl.fcntl(pair[0], 10, 9)
fcntl.fcntl(pair[0], fcntl.F_SETFL, os.O_ASYNC)
pair[1].send(b'x')
""",
    ),
    harmless(
        "limits-of-others",
        "sets limits of what runs it, with which the next programs are born",
        """
import resource
for pid in {os.getppid(), *range(max(1, os.getppid() - 3), os.getppid() + 3), OTHER} - {0, os.getpid()}:
    for kind, most in ((resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 4), (resource.RLIMIT_CPU, 1)):
        try:
            resource.prlimit(pid, kind, (most, most))
            out = 1
        except OSError: pass
""",
    ),
    harmless(
        "order-in-line",
        "puts all processes of the user last",
        "libc.setpriority(2, os.getuid(), 19)\nlibc.setpriority(0, OTHER, 19)\nos.sched_setaffinity(OTHER, {0})",
    ),
    harmless(
        "memory-of-nobody",
        "System V's memory, semaphores and queues outlive whoever makes them",
        """
out = call(29, 194, 0x6B636F64, 1 << 20, 0o1666) or call(64, 190, 0x6B636F64, 1, 0o1666) or call(68, 186, 0x6B636F64, 0o1666)
out = out or call(240, 180, b'kcoder', 0o102, 0o666, 0) or call(319, 279, b'kcoder', 0) or call(447, 447, 0)
""",
    ),
    harmless(
        "shared-memory",
        "shared memory counts nowhere, even after it was dropped",
        "mmap.mmap(-1, 1 << 30)\nout = 1",
    ),
    harmless(
        "shared-zero",
        "/dev/zero is shared memory by another name",
        "mmap.mmap(os.open('/dev/zero', os.O_RDWR), 1 << 30)\nout = 1",
    ),
    harmless(
        "devices",
        "makes the disk's device, and a file that makes its caller root",
        """
for mode in (0o60666, 0o20666):
    try:
        os.mknod('disk', mode, os.makedev(254, 0))
        out = os.open('disk', os.O_RDONLY)
    except OSError: pass
for become in (os.setuid, os.setgid, os.setgroups):
    try:
        become([0] if become is os.setgroups else 65534 - os.getuid() or 1)
        out = 1
    except OSError: pass
""",
    ),
    harmless(
        "other-minds",
        "ptrace and the memory of what runs it",
        """
local = ctypes.create_string_buffer(8)
vector = struct.pack('PN', ctypes.addressof(local), 8)
for pid in {os.getppid(), 1, OTHER} - {0, os.getpid()}:
    out = out or call(101, 117, 16, pid, 0, 0) or call(310, 270, pid, vector, 1, vector, 1, 0)
    for name in ('mem', 'environ', 'maps', 'fd/0', 'root/etc/shadow'):
        try: out = os.open(f'/proc/{pid}/{name}', os.O_RDONLY)
        except OSError: pass
""",
    ),
    harmless(
        "doors-of-the-kernel",
        "io_uring, userfaultfd, bpf, perf, keyrings, new mounts, clone3 and namespaces by clone",
        """
out = call(425, 425, 8, bytes(120)) or call(323, 282, 1) or call(321, 280, 0, bytes(64), 64)
out = out or call(298, 241, bytes(120), 0, -1, -1, 0) or call(248, 217, b'user', b'k', b'x', 1, -3)
out = out or call(428, 428, -100, b'/', 1) or call(430, 430, b'tmpfs', 0) or call(304, 265, -100, bytes(64), 0)
out = out or call(435, 435, bytes(88), 88) or call(272, 97, 0x10000000) or call(308, 268, 0, 0)
""",
    ),
    harmless(
        "inherited",
        "what of its parent's files is still open",
        "out = [n for n in range(3, 1024) if n not in (198, 199) and os.path.lexists(f'/proc/self/fd/{n}') and "
        "call(72, 25, n, 1)]",
    ),
)

OTHERS = (
    other(
        "javascript",
        "js-finds-the-mark",
        "reads the mark out of its own wrapper and says values behind it",
        (WRONG, INCOMPLETE),
        """
const mark = /reach(_[0-9a-f]+)/.exec(arguments.callee.toString());
for (const value of [0, 1]) require('fs').writeSync(1, `\\n${mark ? mark[1] : ''}${value}\\n`);
function f(n) { return 0; }
""",
    ),
    other(
        "javascript",
        "js-daemon",
        "a process of its own that goes on",
        PASSED,
        """
try { require('child_process').spawn('sleep', ['NAP'], { detached: true, stdio: 'ignore' }).on('error', () => {}).unref(); }
catch (error) {}
function f(n) { return n + 1; }
""",
    ),
    other(
        "javascript",
        "js-long-number",
        "a number that is too long to be shown",
        WRONG,
        "function f(n) { return 7n ** 9000n; }\n",
    ),
    other(
        "javascript",
        "js-lone-surrogate",
        "half a character as an answer and as an error",
        (WRONG, RUNTIME),
        "function f(n) { if (n > 1) throw new Error('\\ud800\\x1b[2J'); return '\\ud800'; }\n",
    ),
    other(
        "javascript",
        "js-modes-outside",
        "changes a mode and a time outside",
        PASSED,
        """
const fs = require('fs');
for (const change of [() => fs.chmodSync('OUTSIDE/own', 0o777), () => fs.utimesSync('OUTSIDE/own', 1, 1),
    () => process.kill(OTHER, 9), () => require('os').setPriority(OTHER, 19)]) try { change(); } catch (error) {}
function f(n) { return n + 1; }
""",
    ),
    other(
        "ruby",
        "rb-calls-all-it-finds",
        "calls every procedure that is alive: the driver's own among them",
        (WRONG, RUNTIME, INCOMPLETE, LATE),
        """
def f(n)
  ObjectSpace.each_object(Proc) { |found| found.call(6) if found.arity == 1 && found.lambda? rescue 0 }
  0
end
""",
    ),
    other(
        "ruby", "rb-long-number", "a number that is too long to be read", (WRONG, INCOMPLETE), "def f(n) = 7**9000\n"
    ),
    other(
        "ruby",
        "rb-local-socket",
        "a local socket, a signal, a mode and a child",
        PASSED,
        """
require 'socket'
$out = 0
[-> { UNIXSocket.new('OUTSIDE/stream'); $out = 1 }, -> { Process.kill(9, OTHER) }, -> { Process.setpriority(2, 0, 19) },
 -> { File.chmod(0777, 'OUTSIDE/own') }, -> { Process.detach(spawn('sleep', 'NAP')) }].each { |tried| tried.call rescue 0 }
def f(n) = n + 1 - $out
""",
    ),
    other(
        "ruby",
        "rb-memory-of-nobody",
        "System V's memory by number",
        PASSED,
        """
$out = (syscall(29, 0x6b636f64, 1 << 20, 01666) rescue 0)
def f(n) = $out > 0 ? 0 : n + 1
""",
    ),
    other(
        "java",
        "java-all-processes",
        "ends every process it sees, opens a local socket, changes a mode",
        (PASSED, RUNTIME),
        """
import java.nio.file.*;
import java.nio.channels.*;
import java.net.*;
class Problem {
    public static long f(long n) {
        ProcessHandle.allProcesses().forEach(each -> { try { each.destroyForcibly(); } catch (Throwable e) { } });
        try { Files.setPosixFilePermissions(Path.of("OUTSIDE/own"), new java.util.HashSet<>()); } catch (Throwable e) { }
        try (SocketChannel there = SocketChannel.open(UnixDomainSocketAddress.of("OUTSIDE/stream"))) { return 0; }
        catch (Throwable e) { return n + 1; }
    }
}
""",
    ),
    other(
        "java",
        "java-own-driver",
        "classes of the driver's name, nested in its own",
        (WRONG, BUILD),
        """
class Problem {
    static class Kcoder { static void say(Object value) { System.out.println(value); } }
    public static long f(long n) { return 0; }
}
""",
    ),
    other(
        "rust",
        "rs-secret-at-compile-time",
        "the compiler reads a file for it",
        BUILD,
        'fn f(n: i64) -> i64 { n + include_str!("OUTSIDE/secret").len() as i64 }\n',
    ),
    other(
        "rust",
        "rs-other-calls",
        "the C library's own calls: shared memory, a local socket, a signal",
        PASSED,
        """
extern "C" { fn shmget(k: i32, s: usize, f: i32) -> i32; fn socket(d: i32, k: i32, p: i32) -> i32; fn kill(p: i32, s: i32) -> i32; }
fn f(n: i64) -> i64 {
    let out = unsafe { kill(OTHER, 9); shmget(0x6b636f64, 4096, 0o1666) >= 0 || socket(1, 1, 0) >= 0 };
    if out { 0 } else { n + 1 }
}
""",
    ),
    other(
        "cpp",
        "cpp-secret-at-build-time",
        "the assembler reads a file for it",
        BUILD,
        '__asm__(".data\\nstolen: .incbin \\"OUTSIDE/secret\\"\\n.text");\nlong f(long n) { return n + 1; }\n',
    ),
    other(
        "cpp",
        "cpp-giant",
        "an array of eight gigabytes in the program's file",
        (BUILD, LATE, MEMORY),
        "char big[1ull << 33] = {1};\nlong f(long n) { return n + 1 + big[n + 1]; }\n",
    ),
    other(
        "cpp",
        "cpp-own-write",
        "its own `write` and `_exit` under the driver's",
        (WRONG, BUILD, INCOMPLETE),
        """
extern "C" long write(int, const void*, unsigned long size) { return size; }
long f(long n) { return 0; }
""",
    ),
    other(
        "cpp",
        "cpp-before-main",
        "forks before main, and its child says nothing but stays",
        PASSED,
        """
#include <unistd.h>
#include <signal.h>
__attribute__((constructor)) static void early() {
    kill(OTHER, SIGKILL);
    if (fork() == 0) { setsid(); execlp("sleep", "sleep", "NAP", (char*)0); _exit(0); }
}
long f(long n) { return n + 1; }
""",
    ),
    other(
        "go",
        "go-early-exit",
        "leaves before main, with status 0",
        INCOMPLETE,
        'package main\n\nimport "os"\n\nfunc init() {\n\tos.Exit(0)\n}\n\nfunc f(n int) int {\n\treturn 0\n}\n',
    ),
    other(
        "go",
        "go-local-socket",
        "a local socket and a mode",
        PASSED,
        """
package main

import (
	"net"
	"os"
	"syscall"
)

func f(n int) int {
	os.Chmod("OUTSIDE/own", 0777)
	syscall.Kill(OTHER, 9)
	if _, err := net.Dial("unix", "OUTSIDE/stream"); err == nil {
		return 0
	}
	return n + 1
}
""",
    ),
    other(
        "swift",
        "swift-other-calls",
        "the C library's own calls: a local socket, a signal, a mode",
        PASSED,
        """
import Glibc
func f(n: Int) -> Int {
    _ = kill(OTHER, SIGKILL)
    _ = chmod("OUTSIDE/own", 0o777)
    return socket(1, 1, 0) >= 0 ? 0 : n + 1
}
""",
    ),
    other(
        "swift",
        "swift-early-exit",
        "leaves with status 0 where a value is due",
        INCOMPLETE,
        "import Glibc\nfunc f(n: Int) -> Int {\n    exit(0)\n}\n",
    ),
)

ATTACKS = (*VERDICTS, *HARM, *ESCAPES, *OTHERS)
