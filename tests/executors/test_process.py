"""Programs that try to fool or hurt the executor. For each promise there is one that tries to break it."""

import tempfile
import time
from pathlib import Path

import psutil
import pytest

from kcoder.executor import Job
from kcoder.executors.process import Process, same
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Verdict

PYTHON = load("languages", "python")
INC = (((1,), 2), ((5,), 6))


@pytest.fixture(scope="module")
def judge():
    with Process(timeout=2, memory=300).open(Host()) as execute:

        def one(code, *tests):
            [judgement] = execute([Job("1", PYTHON, code, "f", tests or INC)])
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
        ("import sys\nsys.exit(3)", Verdict.RUNTIME_ERROR),
        ("import atexit, os\natexit.register(os._exit, 0)\ndef f(n): return 0 / 0", Verdict.INCOMPLETE),
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
    assert '["mine", "program.py"]' in judgement.detail or '["program.py", "mine"]' in judgement.detail
    assert list(Path(tempfile.gettempdir()).glob("kcoder-programs-*/program-*")) == []


def test_details_are_equal_whenever_they_are_made(judge):
    code = "import os\ndef f(n): return os.getcwd()"
    assert judge(code).detail == judge(code).detail == 'f(1) gave ".", expected 2'


LEFT_BEHIND = [
    "import subprocess\nsubprocess.Popen(['sleep', '4711'])\ndef f(n): return n + 1",
    "import subprocess\nsubprocess.Popen(['sleep', '4711'], start_new_session=True)\ndef f(n): return n + 1",
    "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
    "        os.execvp('sleep', ['sleep', '4711'])\n    os._exit(0)\ndef f(n): return n + 1",
    "import os\nfor _ in range(20):\n    if os.fork() == 0: os.execvp('sleep', ['sleep', '4711'])\n"
    "def f(n): return n + 1",
]


@pytest.mark.parametrize("code", LEFT_BEHIND)
def test_nothing_a_program_started_is_left(judge, code):
    assert judge(code).verdict == Verdict.PASSED
    assert [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "4711"]] == []


def test_a_program_that_kills_its_parent_harms_nobody_else(judge):
    killer = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(1)\ndef f(n): return n + 1"
    assert judge(killer).verdict == Verdict.SANDBOX_DENIED
    assert judge("def f(n): return n + 1").verdict == Verdict.PASSED


def test_every_judgement_states_its_level(judge):
    assert judge("def f(n): return n + 1").isolation in ("process", "process, no network")


def test_a_missing_toolchain_is_no_failure_of_the_program():
    class Nowhere(type(PYTHON)):
        def version(self):
            from kcoder.errors import MachineLacksError

            raise MachineLacksError("zig not found", "apt install zig")

    language = Nowhere(**PYTHON.model_dump())
    with Process(timeout=2).open(Host()) as execute:
        [judgement] = execute([Job("1", language, "", "f", INC)])
    assert (judgement.verdict, judgement.detail) == (Verdict.NO_TOOLCHAIN, "zig not found")


def test_jobs_come_back_matched_by_id_from_several_workers():
    jobs = [Job(str(n), PYTHON, f"def f(n): return {n}", "f", (((0,), n),)) for n in range(40)]
    with Process(timeout=5).open(Host(workers=3)) as execute:
        judged = {j.id: j.verdict for j in execute(jobs)}
    assert judged == {str(n): Verdict.PASSED for n in range(40)}


def test_a_request_to_stop_is_heard_between_programs():
    from kcoder.errors import InterruptedRun

    host = Host()
    jobs = [Job(str(n), PYTHON, "def f(n): return n", "f", (((0,), 0),)) for n in range(50)]
    began = time.monotonic()
    with pytest.raises(InterruptedRun), Process().open(host) as execute:
        for number, _ in enumerate(execute(jobs)):
            if number == 3:
                host.stop.set()
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("answer", "expected", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ([1, [2]], (1, (2,)), True),
        ([1], [1, 2], False),
        ("1", 1, False),
        (None, None, True),
        (None, False, False),
        ({"a": [1]}, {"a": (1.0,)}, True),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_values_are_compared_by_content_and_kind(answer, expected, equal):
    assert same(answer, expected) is equal
