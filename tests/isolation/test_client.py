"""What is asked of a launcher, and what is believed of its answers."""

import sys

import pytest

from kcoder.isolation import client
from kcoder.isolation.client import Launcher, RefusedError, Room

JOB = {"code": "def f(): return 1\n", "tests": "say(f())", "seconds": 5, "memory": 500, "files": 1, "processes": 9}
JOB["output"] = 100


def test_a_folder_is_bound_once_with_all_it_holds():
    paths = Room("none", paths=("/usr/lib", "/usr/share/x", "/no/such/place")).options()["paths"]
    assert "/usr" in paths
    assert not {"/usr/lib", "/usr/share/x", "/no/such/place"} & set(paths)
    assert any(sys.base_prefix == p or sys.base_prefix.startswith(f"{p}/") for p in paths)


def test_an_image_has_no_python_of_ours():
    assert Room("none").options()["python"] is True
    assert Room("none", image="/somewhere").options()["python"] is False


def test_a_launcher_answers_job_after_job_and_starts_again_when_it_was_closed():
    launcher = Launcher(Room("none"))
    try:
        assert [launcher.ask(JOB, 30)["said"] for _ in range(2)] == [[1], [1]]
        launcher.close()
        assert launcher.ask(JOB, 30)["said"] == [1]
    finally:
        launcher.close()


@pytest.mark.parametrize(
    ("says", "error"),
    [
        ("import json; print(json.dumps({'refused': 'no user namespaces', 'errno': 1}))", "no user namespaces"),
        ("print('what?')", "it did not start"),
        ("raise SystemExit(3)", "it did not start"),
    ],
)
def test_a_launcher_that_cannot_start_says_why(monkeypatch, says, error):
    monkeypatch.setattr(client, "_START", says)
    with pytest.raises(RefusedError, match=error):
        Launcher(Room("none")).ask(JOB, 5)


@pytest.mark.parametrize(
    "answer", ["print('{}')", "print('nonsense')", "raise SystemExit", "import time; time.sleep(60)"]
)
def test_what_is_no_answer_to_the_job_ends_the_launcher(monkeypatch, answer):
    start = f"import sys\nprint('{{\"ready\": true}}', flush=True)\nsys.stdin.readline()\n{answer}"
    monkeypatch.setattr(client, "_START", start)
    launcher = Launcher(Room("none"))
    assert launcher.ask(JOB, 1) is None
    assert launcher.process is None
