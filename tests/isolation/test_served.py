"""A server outlives the programs it serves, and a request that harms it harms no other."""

import base64
import threading
import time

import psutil
import pytest

from kcoder.isolation.client import Launcher, Room
from kcoder.isolation.proof import proven

#: answers with the files in capitals, unless it is told to do something else
SERVER = """
import os, struct, sys, time
IN, OUT = sys.stdin.buffer, sys.stdout.buffer
def number():
    return struct.unpack(">I", IN.read(4))[0]
def text():
    return IN.read(number())
def say(status, words, files):
    coded = lambda each: struct.pack(">I", len(each)) + each
    OUT.write(struct.pack(">I", status) + coded(words) + struct.pack(">I", len(files)))
    OUT.write(b"".join(coded(name) + coded(content) for name, content in files.items()))
    OUT.flush()
say(0, b"", {})
served = 0
while True:
    words, files = [text() for _ in range(number())], {text(): text() for _ in range(number())}
    served += 1
    what = words[0]
    if what == b"die": os._exit(0)
    if what == b"endless":
        while True: pass
    if what == b"huge": OUT.write(struct.pack(">II", 0, 1 << 31)); OUT.flush(); time.sleep(60)
    if what == b"noisy": os.write(2, b"x" * (1 << 20))
    if what == b"outside": say(0, b"", {b"../written": b"x"}); continue
    if what == b"memory": say(2, b"", {}); continue
    if what == b"fault": say(1, b"a fault", {}); continue
    made = {name: content.upper() for name, content in files.items()}
    say(0, b"", made | {b"served": b"%d %d" % (served, os.getpid())})
"""
LIMITS = {"seconds": 1, "memory": 500, "files": 64, "processes": 32, "output": 100}
STARTED = {"command": ["python3", "server.py"], "files": {"server.py": SERVER}}


@pytest.fixture(params=["namespaces", "landlock", "none"])
def launcher(request):
    if request.param != "none" and (why := proven(request.param)):
        pytest.skip(f"{request.param} does not hold here: {why}")
    opened = Launcher(Room(request.param))
    yield opened
    opened.close()


def asked(launcher, what, *command):
    first = {"server": STARTED, "request": [what], **LIMITS}
    steps = [first, {"command": list(command or ("cat", "program", "served")), **LIMITS}]
    told = launcher.ask({"files": {"program": "some words\n"}, "steps": steps}, 60)
    return told, base64.b64decode(told["output"]).decode(), base64.b64decode(told["errors"]).decode()


def served(launcher):
    told, said, _ = asked(launcher, "do")
    assert (told["status"], told["step"], told["steps"]) == (0, 0, 1)
    return int(said.splitlines()[1].split()[0])


def test_what_it_makes_takes_the_place_of_a_programs_files(launcher):
    told, said, _ = asked(launcher, "do")
    assert (told["status"], said.splitlines()[0]) == (0, "SOME WORDS")
    assert [served(launcher) for _ in range(3)] == [2, 3, 4]  # by the same process


def test_a_request_that_fails_is_told_in_its_words_and_leaves_it_running(launcher):
    told, _, words = asked(launcher, "fault")
    assert (told["status"], told["step"], told["steps"], words) == (1, 0, 2, "a fault")
    assert served(launcher) == 2


@pytest.mark.parametrize(
    ("what", "ended"),
    [("die", ""), ("endless", "time"), ("huge", "output"), ("noisy", "output"), ("memory", "memory")],
)
def test_a_request_that_harms_it_ends_it_and_the_next_finds_another(launcher, what, ended):
    served(launcher)
    told, _, _ = asked(launcher, what)
    assert (told["ended"], told["step"], told["steps"]) == (ended, 0, 2)
    assert told["status"] != 0
    assert served(launcher) == 1


def test_it_cannot_write_outside_of_a_programs_folder(launcher):
    told, _, _ = asked(launcher, "outside")
    assert (told["status"], told["step"], told["steps"]) == (1, 0, 2)


def test_programs_cannot_end_it_nor_reach_its_streams(launcher):
    if launcher.room.level == "none":
        pytest.skip("nothing is kept in there")
    served(launcher)
    [pid] = [each.pid for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"] == STARTED["command"]]
    _, said, _ = asked(launcher, "do", "sh", "-c", f"kill -9 -1; kill -9 {pid}; cat /proc/{pid}/fd/0; echo here")
    assert f"/proc/{pid}" not in said
    assert served(launcher) == 3


def test_it_ends_with_the_launcher(launcher):
    served(launcher)

    def theirs():
        return [each.pid for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"] == STARTED["command"]]

    assert len(theirs()) == 1
    threading.Timer(0.5, launcher.interrupt).start()
    assert launcher.ask({"files": {}, "steps": [{"server": STARTED, "request": ["endless"], **LIMITS}]}, 30) is None
    for _ in range(50):
        if not theirs():
            break
        time.sleep(0.1)
    assert not theirs()


def test_what_is_prepared_is_made_once_and_read_only(launcher):
    prepared = {
        "key": "1",
        "files": {"given": "x\n"},
        "steps": [{"command": ["sh", "-c", "echo $$ >made"], **LIMITS}],
    }

    def told(command, **more):
        step = {"command": ["sh", "-c", command], **LIMITS}
        answer = launcher.ask({"files": {}, "steps": [step], **more}, 60)
        return base64.b64decode(answer["output"]).decode()

    first = told("exec cat {prepared}/given {prepared}/made", prepared=prepared)
    assert first.startswith("x\n")
    assert told("exec cat {prepared}/given {prepared}/made", prepared=prepared) == first
    if launcher.room.level != "none":
        assert told("echo y >{prepared}/given; exec cat {prepared}/given", prepared=prepared) == "x\n"
        # who does not ask for it does not see it
        assert told("read line <{prepared}/given || echo nothing") == "nothing\n"
    other = prepared | {"key": "2", "files": {"given": "z\n"}}
    assert told("exec cat {prepared}/given", prepared=other) == "z\n"


def test_what_cannot_be_prepared_is_told(launcher):
    prepared = {"key": "1", "files": {}, "steps": [{"command": ["sh", "-c", "echo why >&2; exit 3"], **LIMITS}]}
    told = launcher.ask({"files": {}, "steps": [{"command": ["true"], **LIMITS}], "prepared": prepared}, 60)
    assert told["unprepared"]
    assert (told["status"], base64.b64decode(told["errors"])) == (3, b"why\n")
