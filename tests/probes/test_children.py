"""Whatever a process does, it is a finding and never the doctor's end."""

import contextlib
import time

import psutil
import pytest

from kcoder.finding import Finding
from kcoder.probes import children
from kcoder.probes.children import Child, side_by_side

TELLS = "from kcoder.finding import Finding, begin, tell\n"


def child(program, **other):
    return Child("it", ("-c", program), "trying {part}", "a cure", **other)


def gone(number):
    """Whether a process ends within seconds; a killed one may wait for whoever takes it over."""
    for _ in range(100):
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(number).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.1)
                continue
        return True
    return False


def test_what_children_tell_comes_back_in_their_order():
    programs = [TELLS + f"tell(Finding('{n}', True, 'good'))" for n in "abc"]
    assert side_by_side([child(p) for p in programs]) == [[Finding(n, True, "good")] for n in "abc"]


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("import os; os.abort()", "trying it: killed by SIGABRT"),
        ("import os, signal; os.kill(os.getpid(), 9)", "trying it: killed by SIGKILL, as when memory runs out"),
        ("raise SystemExit(7)", "trying it: ended with status 7"),
        ("raise ValueError('odd')", "trying it: ended with status 1 (ValueError: odd)"),
        ("import time; time.sleep(60)", "trying it takes more than 1 s"),
    ],
)
def test_a_crash_and_a_hang_are_findings(program, found):
    assert side_by_side([child(program, seconds=1)]) == [[Finding("it", False, found, "a cure")]]


def test_a_crash_is_about_what_had_begun_and_keeps_what_was_told_before():
    program = TELLS + "begin('one'); tell(Finding('one', True, 'good')); begin('two'); import os; os.abort()"
    [[one, two]] = side_by_side([child(program)])
    assert (one.part, one.ok) == ("one", True)
    assert (two.part, two.found) == ("two", "trying two: killed by SIGABRT")


def test_what_a_child_has_started_ends_with_it(tmp_path):
    started = tmp_path / "pid"
    inner = "import time; time.sleep(60)"
    program = (
        "import subprocess, sys\n"
        f"p = subprocess.Popen([sys.executable, '-c', {inner!r}])\n"
        f"open({str(started)!r}, 'w').write(str(p.pid))\n"
    )
    began = time.monotonic()
    assert side_by_side([child(program)]) == [[]]
    assert time.monotonic() - began < 30
    assert gone(int(started.read_text()))


def test_as_many_run_at_once_as_there_are_cores(monkeypatch, tmp_path):
    monkeypatch.setattr(children, "cores", lambda: 2)
    program = (
        "import pathlib, time, os\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "(here / f'{os.getpid()}.on').touch()\n"
        "time.sleep(0.3)\n"
        "most = len(list(here.glob('*.on')))\n"
        "(here / f'{os.getpid()}.on').unlink()\n"
        "from kcoder.finding import Finding, tell\n"
        "tell(Finding('most', True, str(most)))\n"
    )
    seen = [int(told[0].found) for told in side_by_side([child(program)] * 5)]
    assert max(seen) <= 2


def test_nothing_but_the_question_about_the_hub_may_ask_it(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    program = TELLS + "import os; tell(Finding('it', True, os.environ.get('HF_HUB_OFFLINE', '')))"
    [[closed], [open_]] = side_by_side([child(program), child(program, online=True)])
    assert (closed.found, open_.found) == ("1", "")


def test_code_of_the_folder_it_stands_in_does_not_run(monkeypatch, tmp_path):
    (tmp_path / "colorsys.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    assert side_by_side([child("import colorsys"), Child("it", ("-m", "colorsys"))]) == [[], []]
