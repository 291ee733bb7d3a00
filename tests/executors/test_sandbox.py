"""Programs that try to fool or hurt the executor. For each promise there is one that tries to break it."""

import contextlib
import os
import subprocess
import tempfile
import threading
import time

import psutil
import pytest

from kcoder.errors import InterruptedRun, MachineLacksError
from kcoder.executor import Job
from kcoder.executors import sandbox
from kcoder.executors.sandbox import Sandbox, level
from kcoder.host import Host
from kcoder.isolation import client
from kcoder.isolation.client import Launcher, Room
from kcoder.isolation.proof import proven
from kcoder.plugin import load
from kcoder.records import Verdict

PYTHON = load("languages", "python")
INC = (((1,), 2), ((5,), 6))
#: seconds that only programs of this very test sleep
NAP = str(1_000_000 + os.getpid())


def napping():
    return [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", NAP]]


def asked(code, tests=INC, name="1"):
    return Job(name, PYTHON, code, "f", PYTHON.calls("f", tests))


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def judge(request):
    if why := proven(request.param):
        pytest.skip(f"{request.param} does not hold here: {why}")
    with Sandbox(timeout=2, memory=300).open(Host(sandbox=request.param)) as execute:

        def one(code, *tests):
            [judgement] = execute([asked(code, tests or INC)])
            return judgement

        yield one


def verdict(judge, code, *tests):
    return judge(code, *tests).verdict


def test_right_wrong_and_the_detail_that_shows_it(judge):
    assert judge("def f(n): return n + 1").verdict == Verdict.PASSED
    wrong = judge("def f(n): return 2")
    assert (wrong.verdict, wrong.detail) == (Verdict.WRONG_ANSWER, "f(5) gave 2, expected 6")


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("import sys\nsys.exit(0)", Verdict.INCOMPLETE),
        ("import os\nos._exit(0)", Verdict.INCOMPLETE),
        ("def f(n): raise SystemExit(0)", Verdict.INCOMPLETE),
        ("import sys\nsys.exit(3)", Verdict.INCOMPLETE),
        ("import atexit, os\natexit.register(os._exit, 0)\ndef f(n): return 0 / 0", Verdict.RUNTIME_ERROR),
        ("def f(n): return 1 / 0", Verdict.RUNTIME_ERROR),
        ("def f(n) return n", Verdict.BUILD_FAILED),
        ("def g(n): return n + 1", Verdict.RUNTIME_ERROR),
        ("", Verdict.RUNTIME_ERROR),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", Verdict.RUNTIME_ERROR),
        ("def f(n):\n    while True: pass", Verdict.TIMED_OUT),
        ("import time, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)", Verdict.TIMED_OUT),
        ("def f(n): return len(bytearray(3 << 30))", Verdict.OUT_OF_MEMORY),
        ("while True: print('x' * 1000)", Verdict.OUTPUT_FLOOD),
        ("import sys\nwhile True: sys.stderr.write('x' * 1000)", Verdict.OUTPUT_FLOOD),
        ("import os\nwhile True: os.write(1, b'x' * 65536)", Verdict.OUTPUT_FLOOD),
    ],
)
def test_how_a_program_ends_is_told(judge, code, right):
    assert verdict(judge, code) == right


@pytest.mark.parametrize(
    "code",
    [
        "class A(int):\n    def __eq__(s, o): return True\n    def __ne__(s, o): return False\ndef f(n): return A(0)",
        "class A:\n    def __eq__(s, o): return True\ndef f(n): return A()",
        "def f(n): return True",
        "def f(n): return float('nan')",
        "def f(n): return open(__file__).read()",
        "import json\njson.dumps = lambda *a, **k: '2'\ndef f(n): return 0",
        "import builtins\nbuiltins.AssertionError = Exception\ndef f(n): return None",
        "print('_' + '0' * 32 + '2')\nprint('_' + '0' * 32 + '6')\nraise SystemExit(0)",
        "import sys\nsys.settrace(lambda *a: None)\ndef f(n): return 1",
    ],
)
def test_what_is_not_right_does_not_pass(judge, code):
    assert verdict(judge, code) not in (Verdict.PASSED, Verdict.HARNESS_ERROR, Verdict.NO_TOOLCHAIN)


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.getcwd()\ndef f(n): return n + 1",
        "import tempfile\ntempfile.mkstemp()\ndef f(n): return n + 1",
        "import sys\nsys.stdin.read()\ndef f(n): return n + 1",
        "print('x' * 100_000)\ndef f(n): return n + 1",
        "import sys\nsys.stdout.buffer.write(b'\\xff\\xfe')\ndef f(n): return n + 1",
        "print('no newline', end='')\ndef f(n): return n + 1",
        "if __name__ == '__main__':\n    print(input if False else 'main')\ndef f(n): return n + 1",
        "call = text = json = None\ndef f(n): return n + 1",
        "def f(n): return n + 1\nif __name__ == '__main__':\n    print(f(int(input())))",
        "import sys, io\nsys.stdout = io.StringIO()\ndef f(n): return n + 1",
        "import json\njson.dumps = None\ndef f(n): return n + 1",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\ndef f(n): return n + 1",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    n: 'int'\ndef f(n): return A(n).n + 1",
        "from __future__ import annotations\ndef f(n: int) -> int: return n + 1",
    ],
)
def test_what_is_right_passes_whatever_else_it_does(judge, code):
    assert verdict(judge, code) == Verdict.PASSED


def test_arguments_are_fresh_for_each_call(judge):
    code = "def f(xs):\n    xs.append(1)\n    return len(xs)"
    assert verdict(judge, code, (([],), 1), (([],), 1)) == Verdict.PASSED


def test_a_lone_surrogate_in_the_code_is_survived(judge):
    assert judge("x = '\ud800'\ndef f(n): return n + 1").verdict in (Verdict.PASSED, Verdict.BUILD_FAILED)


def test_the_environment_holds_no_secret(judge, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    code = "import os\ndef f(n): return sorted(k for k in os.environ if 'KEY' in k or 'TOKEN' in k)"
    assert verdict(judge, code, ((1,), [])) == Verdict.PASSED


def test_the_folder_is_private_and_gone_afterwards(judge):
    code = "import os\nopen('mine', 'w').close()\ndef f(n): return [os.listdir(), len(os.getcwd())]"
    judgement = judge(code, ((1,), 0))
    assert judgement.detail.startswith('f(1) gave [["mine"]')


def test_no_folder_of_a_program_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Sandbox(timeout=2).open(Host()) as execute:
        hidden = "import os\nos.mkdir('a')\nopen('a/b', 'w').close()\nos.chmod('a', 0)\ndef f(n): return n + 1"
        [judgement] = execute([asked(hidden)])
    assert judgement.verdict == Verdict.PASSED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("import os\ndef f(n): return os.getcwd()", 'f(1) gave ".", expected 2'),
        ("def f(n): return repr(object())", 'f(1) gave "<object object at 0x…>", expected 2'),
        ("def f(n): raise ValueError(object())", "line 1: ValueError: <object object at 0x…>"),
        ("def f(n): return 'at ' + hex(255)", 'f(1) gave "at 0xff", expected 2'),
    ],
)
def test_a_detail_holds_nothing_that_was_drawn_for_one_run(judge, code, detail):
    assert judge(code).detail == detail


def test_sets_come_in_the_same_order_in_every_run(judge):
    assert len({judge("def f(n): return list(set('abcdefghijkl'))").detail for _ in range(3)}) == 1


@pytest.mark.parametrize("answer", ["'[' * 100_000", "'9' * 100_000", "'{'", "'[]'", '\'{"result": {"~q": 1}}\''])
def test_an_answer_that_no_judge_can_read_is_no_right_one(judge, answer):
    judgement = judge(f"import os\ndef f(n):\n    os.write(199, ({answer} + '\\n').encode())\n    return n + 1")
    assert judgement.verdict in (Verdict.INCOMPLETE, Verdict.RUNTIME_ERROR, Verdict.TIMED_OUT)


def test_an_answer_that_never_ends_is_a_flood_or_late(judge):
    endless = "import os\ndef f(n):\n    while True: os.write(199, b'[' * 65536)"
    assert verdict(judge, endless) in (Verdict.INCOMPLETE, Verdict.TIMED_OUT)


LEFT_BEHIND = [
    "import subprocess\nsubprocess.Popen(['sleep', 'NAP'])\ndef f(n): return n + 1",
    "import subprocess\nsubprocess.Popen(['sleep', 'NAP'], start_new_session=True)\ndef f(n): return n + 1",
    "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
    "        os.execvp('sleep', ['sleep', 'NAP'])\n    os._exit(0)\ndef f(n): return n + 1",
    "import os\nfor _ in range(20):\n    if os.fork() == 0: os.execvp('sleep', ['sleep', 'NAP'])\n"
    "def f(n): return n + 1",
]


@pytest.mark.parametrize("code", LEFT_BEHIND)
def test_nothing_a_program_started_is_left(judge, code):
    judgement = judge(code.replace("NAP", NAP))
    # without a namespace of processes no program may start one
    assert judgement.verdict == (Verdict.SANDBOX_DENIED if judgement.isolation == "landlock" else Verdict.PASSED)
    assert not napping()


@pytest.mark.parametrize(
    "attack",
    [
        "os.kill(os.getppid(), signal.SIGKILL)",
        "os.kill(os.getppid(), signal.SIGSTOP)",
        "os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)",
        "os.kill(-1, signal.SIGKILL)",
        "os.kill(1, signal.SIGKILL)",
        "os.close(198); os.close(199)",
        "os.execv('/bin/true', ['true'])",
    ],
)
def test_a_program_that_attacks_what_runs_it_harms_nobody_else(judge, attack):
    with contextlib.closing(ours()):
        judgement = judge(f"import os, signal\n{attack}\ndef f(n): return n + 1")
        assert judgement.verdict != Verdict.HARNESS_ERROR
        assert judge("def f(n): return n + 1").verdict == Verdict.PASSED
        assert len(napping()) == 1


class ours:  # noqa: N801 - reads as what it is
    """A process of the user's that no program may end."""

    def __init__(self):
        self.process = subprocess.Popen(["sleep", NAP])

    def close(self):
        self.process.kill()
        self.process.wait()


@pytest.mark.parametrize("what", ["environ", "mem", "fd/0", "cwd/..", "maps", "root"])
def test_a_program_cannot_look_into_what_runs_it(judge, what):
    code = (
        "import os\nopened = []\n"
        "for who in {1, os.getppid(), int(os.readlink('/proc/self')) - 1} - {os.getpid(), 0}:\n"
        f"    try: opened.append(os.open(f'/proc/{{who}}/{what}', os.O_RDONLY))\n    except OSError: pass\n"
        "def f(n): return len(opened)"
    )
    assert verdict(judge, code, ((1,), 0)) == Verdict.PASSED


def test_what_runs_programs_is_given_no_secret(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    launcher = Launcher(Room("none"))
    started = launcher._started()
    try:
        assert set(psutil.Process(started.pid).environ()) <= {"PATH", "LC_CTYPE", "PYTHONHASHSEED"}
    except psutil.AccessDenied:
        pytest.skip("closed even to this test: only root may look")
    finally:
        launcher.close()


FORGED = "{'status': 0, 'ended': '', 'output': '', 'errors': '', 'folder': '?', 'python': {'finished': 1}, 'said': []}"


@pytest.mark.parametrize("answers", [f"json.loads(line) | {FORGED} | {{'id': 'a guess'}}", "[]", "'passed'"])
def test_a_result_without_the_token_of_its_job_is_no_result(monkeypatch, answers):
    forger = (
        "import json, sys\nprint(json.dumps({'ready': True}), flush=True)\n"
        f"for line in sys.stdin: print(json.dumps({answers}), flush=True)\n"
    )
    monkeypatch.setattr(client, "_START", forger)
    with Sandbox(timeout=2).open(Host(sandbox="none")) as execute:
        [judgement] = execute([asked("", ())])
    assert judgement.verdict == Verdict.SANDBOX_DENIED


def test_limits_leave_a_second_between_the_warning_and_the_end(judge):
    code = "import resource\ndef f(n): return list(resource.getrlimit(resource.RLIMIT_CPU))"
    assert verdict(judge, code, ((1,), [3, 4])) == Verdict.PASSED


def test_processes_are_counted_only_where_the_users_others_do_not_count(judge):
    code = "import resource\ndef f(n): return list(resource.getrlimit(resource.RLIMIT_NPROC))"
    judgement = judge(code, ((1,), [PYTHON.run.processes] * 2))
    assert (judgement.verdict == Verdict.PASSED) is (judgement.isolation == "namespaces")


@pytest.mark.parametrize("name", ["python", "lua"])
def test_the_network_probe_passes_where_there_is_a_network(name):
    language = load("languages", name)
    probe = language.probes["network"]
    with Sandbox(timeout=5).open(Host(sandbox="none")) as execute:
        [judgement] = execute([Job("1", language, probe.code, "f", language.calls(probe.entry, probe.calls))])
    assert (judgement.verdict, judgement.isolation) == (Verdict.PASSED, "none")


def test_a_missing_toolchain_is_no_failure_of_the_program():
    class Nowhere(type(PYTHON)):
        def version(self):
            raise MachineLacksError("zig not found", "apt install zig")

    language = Nowhere(**PYTHON.model_dump())
    with Sandbox(timeout=2).open(Host()) as execute:
        [judgement] = execute([Job("1", language, "", "f", PYTHON.calls("f", INC))])
    assert (judgement.verdict, judgement.detail) == (Verdict.NO_TOOLCHAIN, "zig not found")


def test_a_toolchain_in_an_image_needs_namespaces(tmp_path, monkeypatch):
    monkeypatch.setenv("KCODER_TOOLCHAIN_PYTHON", str(tmp_path))
    with Sandbox(timeout=2).open(Host(sandbox="none")) as execute:
        [judgement] = execute([asked("def f(n): return n + 1")])
    assert judgement.verdict == Verdict.NO_TOOLCHAIN
    assert judgement.detail == "python lies in an image, which needs the level namespaces"


def test_jobs_come_back_matched_by_id_from_several_workers():
    jobs = [asked(f"def f(n): return {n}", (((0,), n),), str(n)) for n in range(40)]
    with Sandbox(timeout=5).open(Host(workers=3)) as execute:
        judged = {j.id: j.verdict for j in execute(jobs)}
    assert judged == {str(n): Verdict.PASSED for n in range(40)}


def test_an_endless_program_holds_up_nobody_else():
    codes = ["def f(n):\n    while True: pass", *["def f(n): return n"] * 30]
    jobs = [asked(code, (((0,), 0),), str(n)) for n, code in enumerate(codes)]
    with Sandbox(timeout=4).open(Host(workers=2)) as execute:
        order = [j.id for j in execute(jobs)]
    assert order[-1] == "0"
    assert sorted(order, key=int) == [str(n) for n in range(31)]


def test_a_request_to_stop_is_heard_while_programs_run():
    host = Host(workers=2)
    sleeper = f"import subprocess\nsubprocess.run(['sleep', '{NAP}'])\ndef f(n): return n"
    jobs = [asked(sleeper, (((0,), 0),), str(n)) for n in range(50)]
    threading.Timer(1, host.stop.set).start()
    began = time.monotonic()
    with Sandbox(timeout=60).open(host) as execute:
        with pytest.raises(InterruptedRun):
            list(execute(jobs))
        assert time.monotonic() - began < 5
        assert not napping()
        host.stop.clear()
        [judgement] = execute([asked("def f(n): return n", (((0,), 0),))])
    assert judgement.verdict == Verdict.PASSED


def holding(monkeypatch, **levels):
    monkeypatch.setattr(sandbox, "proven", lambda name: levels[name])


def test_the_best_level_that_holds_is_used(monkeypatch):
    holding(monkeypatch, namespaces="", landlock="")
    assert level("auto") == "namespaces"
    assert level("landlock") == "landlock"
    holding(monkeypatch, namespaces="unshare: Operation not permitted", landlock="")
    assert level("auto") == "landlock"


def test_where_no_level_holds_nothing_is_run_unless_it_is_asked_for(monkeypatch):
    holding(monkeypatch, namespaces="unshare: Operation not permitted", landlock="a program reads files")
    with pytest.raises(MachineLacksError, match="no sandbox holds on this machine, so no program is run") as lacks:
        level("auto")
    assert "namespaces: unshare: Operation not permitted; landlock: a program reads files" in lacks.value.message
    assert "kernel.unprivileged_userns_clone=1" in lacks.value.hint
    assert lacks.value.hint.endswith("say --sandbox none")
    assert level("none") == "none"
    assert [(name, why) for name, why, _ in Sandbox().holds()] == [
        ("namespaces", "unshare: Operation not permitted"),
        ("landlock", "a program reads files"),
    ]
