"""Programs that cheat, get out or do harm in ways found by looking for them: none may succeed, at either level."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest
from attacks import ATTACKS, PASSED

from kcoder.errors import KcoderError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.isolation.kernel import NOBODY
from kcoder.isolation.proof import proven
from kcoder.plugin import load

NAP = "86399.25"
#: the key of the shared memory that they try to leave behind
KEY = str(0x6B636F64)
#: MiB by which judging them may let us grow: an answer may be 64 MiB long
GROWTH = 400
#: MiB for each program: less than what they try to take
MEMORY = 400
RIGHT_AFTERWARDS = "def f(n): return n + 1\n"


class Outside:
    """What a program finds that gets out: files, sockets and a process, and whether anything touched them."""

    def __init__(self, folder, other):
        self.folder, self.other = folder, other
        self.heard = []
        self.sockets = [self._listening(socket.SOCK_STREAM, "stream"), self._listening(socket.SOCK_DGRAM, "packets")]
        self.sockets.append(self._listening(socket.SOCK_STREAM, None))
        for each in self.sockets:
            threading.Thread(target=self._wait, args=(each,), daemon=True).start()
        self.before = self._state()

    def _listening(self, kind, name):
        made = socket.socket(socket.AF_UNIX, kind)
        made.bind(str(self.folder / name) if name else "\0kcoder-attack")
        if name:
            (self.folder / name).chmod(0o777)
        if kind == socket.SOCK_STREAM:
            made.listen()
        return made

    def _wait(self, listening):
        with contextlib.suppress(OSError):
            self.heard.append(listening.accept() if listening.type == socket.SOCK_STREAM else listening.recv(1))

    def _state(self):
        files = {}
        for path in sorted(self.folder.rglob("*")):
            status = path.stat()
            files[path.name] = (oct(status.st_mode), status.st_uid, status.st_size, status.st_mtime_ns)
        attributes = os.listxattr(self.folder / "own")
        process = psutil.Process(self.other)
        return files, attributes, process.status() == "zombie", process.nice(), process.cpu_affinity()

    def harmed(self):
        left = [each.pid for each in psutil.process_iter(["cmdline"]) if NAP in (each.info["cmdline"] or ())]
        shared = [line for line in Path("/proc/sysvipc/shm").read_text().splitlines() if line.split()[0] == KEY]
        state = self._state()
        return [what for what in (self.heard, left, shared, state != self.before and state) if what]

    def close(self):
        for each in self.sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@pytest.fixture
def outside():
    folder = Path(tempfile.mkdtemp(prefix="kcoder-outside-", dir="/tmp"))  # the folders of tests are closed to nobody
    folder.chmod(0o777)
    (folder / "secret").write_text("a secret")
    (folder / "own").write_text("owned by who runs programs")
    root = os.getuid() == 0
    if root:
        os.chown(folder / "own", NOBODY, NOBODY)
    other = subprocess.Popen(["sleep", "3600"], **({"user": NOBODY, "group": NOBODY} if root else {}))
    found = Outside(folder, other.pid)
    yield found
    found.close()
    other.kill()
    other.wait()
    shutil.rmtree(folder)


def job(attack, outside):
    language = load("languages", attack.language)
    words = {"OUTSIDE": str(outside.folder), "OTHER": str(outside.other), "NAP": NAP}
    code = attack.code
    for word, meant in words.items():
        code = code.replace(word, meant)
    asked = language.asserts("", attack.tests) if attack.tests else language.calls("f", [((1,), 2), ((5,), 6)])
    return Job(attack.name, language, code, "f", asked)


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
@pytest.mark.parametrize("language", sorted({attack.language for attack in ATTACKS}))
def test_no_attack_succeeds(language, level, outside, monkeypatch):
    if why := proven(level):
        pytest.skip(f"{level} does not hold here: {why}")
    told = load("languages", language)
    try:
        told.version()
    except KcoderError as error:
        pytest.skip(f"{error.message}: {error.hint}")
    if level == "landlock" and told.image():
        pytest.skip("an image needs namespaces")
    monkeypatch.setenv("HF_TOKEN", "a secret")
    attacks = [attack for attack in ATTACKS if attack.language == language]
    before = psutil.Process().memory_info().rss
    with Sandbox(timeout=2, memory=MEMORY).open(Host(workers=2, sandbox=level)) as execute:
        judged = {each.id: each for each in execute([job(attack, outside) for attack in attacks])}
        if language == "python":  # what runs programs is as it was
            (after,) = execute([Job("after", told, RIGHT_AFTERWARDS, "f", told.calls("f", [((1,), 2)]))])
            assert after.verdict == PASSED
    time.sleep(0.1)  # for what may be running on
    deserved = {each.name: (level == "landlock" and each.landlock) or each.verdicts for each in attacks}
    faults = {name: (judged[name].verdict.value, judged[name].detail) for name in deserved}
    assert not {name: found for name, found in faults.items() if found[0] not in deserved[name]}
    assert not outside.harmed()
    assert (psutil.Process().memory_info().rss - before) >> 20 < GROWTH
    assert not [
        line for line in (each.detail for each in judged.values()) if not line.isprintable() and "\n" not in line
    ]


def test_they_are_more_than_forty_in_eight_languages():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) > 40
    assert len({attack.language for attack in ATTACKS}) == 8
