"""Python programs as forks of one warm interpreter: none learns of another, and none is judged where it could reach."""

import pytest

from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.isolation.proof import proven
from kcoder.plugin import load

PYTHON = load("languages", "python")
ASKED = PYTHON.calls("f", [((1,), 2)])
RIGHT = "def f(n):\n    return n + 1\n"


@pytest.fixture(params=["namespaces", "landlock"])
def judged(request):
    """The verdicts on programs that one worker runs one after another."""
    if why := proven(request.param):
        pytest.skip(f"{request.param} does not hold here: {why}")

    def judge(*codes):
        jobs = [Job(str(number), PYTHON, code, "f", ASKED) for number, code in enumerate(codes)]
        with Sandbox(timeout=3).open(Host(workers=1, sandbox=request.param)) as execute:
            found = {each.id: each.verdict.value for each in execute(jobs)}
        return [found[str(number)] for number in range(len(codes))]

    return judge


def test_what_one_program_changes_the_next_does_not_find(judged):
    changes = "import builtins, json, os\nbuiltins.len = json.loads = os.write = None\nos.environ['SEEN'] = '1'\n"
    looks = "import builtins, json, os\nfound = builtins.len and json.loads and os.write and 'SEEN' not in os.environ\n"
    assert judged(changes + RIGHT, looks + "def f(n):\n    return n + 1 if found else 0\n")[1] == "passed"


def test_a_program_that_dies_leaves_the_next_its_interpreter(judged):
    assert judged("import os\nos._exit(0)\n", "import os\nos.abort()\n", RIGHT)[2] == "passed"


def test_a_program_finds_neither_its_tests_nor_another_program(judged):
    looks = (
        "import gc, sys\nheld = repr([each for each in gc.get_objects() if type(each) in (dict, list, tuple)])\n"
        # joined when it runs: a compiler joins constants, and it would find those of its own
        "words = [''.join(['say', '(f(1))']), ' '.join(['a', 'secret', 'word'])]\n"
        "def f(n):\n    return 0 if any(word in held for word in words) else n + 1\n"
    )
    assert judged("word = 'a secret word'\n" + RIGHT, looks) == ["passed", "passed"]
