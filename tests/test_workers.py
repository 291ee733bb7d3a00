"""Workers here are small programs that import nothing heavy."""

import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from kcoder import worker, workers
from kcoder.errors import InterruptedRun, KcoderError, MachineLacksError
from kcoder.host import Host
from kcoder.workers import together

BEGIN = """
import json, os, signal, sys, time
from kcoder.errors import MachineLacksError
from kcoder.worker import as_told
job, pipe = json.loads(sys.stdin.readline()), int(sys.argv[1])
def tell(**told):
    os.write(pipe, json.dumps(told).encode() + b"\\n")
number = job["number"]
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """What a worker does, given as text; `job` and `tell` are there."""

    def written(text):
        (tmp_path / "small_worker.py").write_text(BEGIN + text)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        for name in ("RANK", "WORLD_SIZE", "SLURM_PROCID"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(worker, "WORKER", "small_worker")

    return written


def nobody_left():
    return not [p for p in psutil.Process().children(recursive=True) if "small_worker" in p.cmdline()]


def test_the_first_speaks_for_all_and_its_result_is_that_of_all(program):
    said, moved = [], []
    program("""
print("noise of a library")
tell(say=f"worker {number} of {job['size']}")
tell(progress="half")
tell(done={"number": number, "word": job["word"]})
""")
    assert together({"word": "x"}, 3, Host(say=said.append, progress=moved.append)) == {
        "number": 0,
        "word": "x",
    }
    assert (said, moved) == (["worker 0 of 3"], ["half"])


def test_an_error_of_one_ends_all_and_is_raised_as_it_was(program):
    program("""
if number == 1:
    tell(error=as_told(MachineLacksError("there is no room", "make some"), "the story"))
    sys.exit(1)
time.sleep(0.5)
tell(error=as_told(RuntimeError("Connection closed by peer"), "of no use"))
sys.exit(1)
""")
    with pytest.raises(MachineLacksError, match="there is no room") as stopped:
        together({}, 2, Host())
    assert stopped.value.hint == "make some"
    assert str(stopped.value.__cause__) == "the story"


def test_a_defect_of_one_is_told_with_its_story_and_not_what_it_did_to_the_others(program):
    program("""
time.sleep(0.5 * (1 - number))
tell(error=as_told(ValueError("a defect") if number else RuntimeError("connection closed"), f"story {number}"))
sys.exit(1)
""")
    with pytest.raises(KcoderError, match="ValueError: a defect") as stopped:
        together({}, 2, Host())
    assert str(stopped.value.__cause__) == "story 1"


@pytest.mark.parametrize("death", ["SIGKILL", "SIGSEGV"])
def test_one_that_is_killed_ends_those_who_wait_for_it(program, monkeypatch, death):
    monkeypatch.setattr(workers, "GRACE", 0.5)
    program(f"""
if number == 1:
    print("bad luck", flush=True)
    os.kill(os.getpid(), signal.{death})
time.sleep(600)
""")
    began = time.monotonic()
    with pytest.raises(
        KcoderError, match=rf"process 1 of the 2 was killed \({death}\), and the others with"
    ) as stopped:
        together({}, 2, Host())
    assert time.monotonic() - began < 30
    assert nobody_left()
    words = {"SIGKILL": "the system kills what takes too much memory", "SIGSEGV": "its last words: bad luck"}
    assert stopped.value.hint == words[death]


def test_the_first_is_asked_to_stop(program):
    program("""
from kcoder.errors import InterruptedRun
tell(progress="at work")
if number == 0:
    assert sys.stdin.readline() == "stop\\n"
tell(error=as_told(InterruptedRun("interrupted"), ""))
sys.exit(1)
""")
    stop = threading.Event()
    with pytest.raises(InterruptedRun):
        together({}, 2, Host(stop=stop, progress=lambda line: stop.set()))


def test_a_worker_of_a_training_leaves_it_to_its_parent_when_to_stop(program):
    program("""
from kcoder.training.worker import begin
begin()
for each in (signal.SIGTERM, signal.SIGINT):
    os.kill(os.getpid(), each)
tell(done={"alive": True})
""")
    assert together({}, 2, Host()) == {"alive": True}


def test_a_module_that_cannot_begin_says_why(program):
    program("import nothing_of_this_name")
    with pytest.raises(KcoderError, match="process 0 of the 2 ended with exit code 1") as stopped:
        together({}, 2, Host())
    assert "No module named 'nothing_of_this_name'" in stopped.value.hint


def test_where_one_cannot_be_started_none_is_left(program, monkeypatch):
    program("time.sleep(600)")
    start, started = subprocess.Popen, []

    def popen(*args, **options):
        if started:
            raise BlockingIOError("Resource temporarily unavailable")
        started.append(start(*args, **options))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", popen)
    pipes = psutil.Process().num_fds()
    with pytest.raises(BlockingIOError):
        together({}, 2, Host())
    assert started[0].returncode == -signal.SIGKILL
    assert started[0].stdin.closed
    assert nobody_left()
    until = time.monotonic() + 10
    while psutil.Process().num_fds() > pipes:  # the listener closes its own when the process has ended
        assert time.monotonic() < until
        time.sleep(0.02)


def test_workers_do_not_outlive_their_parent(program, tmp_path):
    program("""
from kcoder.training.worker import begin
begin()
open(os.path.join(job["at"], str(os.getpid())), "w").close()
time.sleep(600)
""")
    script = "from kcoder import worker, workers; from kcoder.host import Host; import sys; "
    script += "worker.WORKER = 'small_worker'; workers.together({'at': sys.argv[1]}, 2, Host())"
    (at := tmp_path / "pids").mkdir()
    parent = subprocess.Popen([sys.executable, "-c", script, str(at)])
    while len(list(at.iterdir())) < 2:
        assert parent.poll() is None
        time.sleep(0.02)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    pids = [int(file.name) for file in at.iterdir()]
    until = time.monotonic() + 10
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids):
        assert time.monotonic() < until
        time.sleep(0.02)


class Written(dict):
    """A store of a launch, of which anyone wrote the job."""

    def set(self, name, text):
        self[name] = text

    def check(self, names):
        return all(name in self for name in names)


def test_no_job_says_which_program_runs(program, tmp_path, monkeypatch):
    program("""
open(os.path.join(job["at"], "ran"), "w").close()
tell(done={})
""")
    (tmp_path / "another.py").write_text(f"open({str(tmp_path / 'harm')!r}, 'w').close()")
    store = Written()
    monkeypatch.setattr(workers.ranks, "store", lambda: store)
    workers._part(1, {"module": "another", "at": str(tmp_path)})
    assert (tmp_path / "ran").exists()
    assert not (tmp_path / "harm").exists()
    assert store == {}
