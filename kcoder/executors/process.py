"""Programs in processes of their own, judged from outside.

What this does NOT protect against: a program that reads files the user can read, that seeks out and kills the
processes of that user, or that attacks the kernel. It does hold back: memory, processor time, output, processes left
behind, the environment's secrets and, where the kernel lets us leave the network, the network. Every outcome names
the level.

A verdict never comes from the program: it prints what its function returned behind a mark that was drawn after the
program was written, and the values are compared here. The launcher signs each result with a token drawn for the job;
whatever else comes from its side ends it, and the job is denied.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import queue
import re
import secrets
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from kcoder.errors import MachineLacksError
from kcoder.executor import Execute, Executor, Job, Judgement
from kcoder.host import Host
from kcoder.records import Verdict

LAUNCHER = Path(__file__).with_name("launcher.py")
SHOWN = 80
#: seconds a launcher may take beyond a program's own time, and to end
GRACE = 5.0
#: seconds after which a request to stop is heard at the latest
HEARD = 0.2


class Process(Executor):
    """A launcher for each worker; a fresh process, session and folder for each program."""

    revision = 2

    def open(self, host: Host) -> AbstractContextManager[Execute]:
        if sys.platform != "linux":
            raise MachineLacksError("programs are executed on Linux and WSL2 only", "run this spec there")
        return self._opened(host)

    @contextlib.contextmanager
    def _opened(self, host: Host) -> Iterator[Execute]:
        folder = tempfile.TemporaryDirectory(prefix="kcoder-programs-", ignore_cleanup_errors=True)
        workers = [_Worker(self, folder.name) for _ in range(max(1, host.workers))]
        idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in workers:
            idle.put(worker)

        def judged(job: Job) -> Judgement:
            worker = idle.get()
            try:
                return worker.judge(job)
            finally:
                idle.put(worker)

        def execute(jobs: Iterable[Job]) -> Iterator[Judgement]:
            waiting = iter(jobs)
            running: set[Future[Judgement]] = set()
            with ThreadPoolExecutor(len(workers)) as pool:
                try:
                    while True:
                        host.check()
                        # two for each worker: none idles while the caller looks at a judgement
                        for job in itertools.islice(waiting, 2 * len(workers) - len(running)):
                            running.add(pool.submit(judged, job))
                        if not running:
                            return
                        done, running = wait(running, HEARD, FIRST_COMPLETED)
                        for future in done:
                            yield future.result()
                finally:
                    if running:
                        _abandon(running, workers)

        try:
            yield execute
        finally:
            for worker in workers:
                worker.close()
            folder.cleanup()


def _abandon(running: set[Future[Judgement]], workers: Sequence[_Worker]) -> None:
    """End programs whose judgements nobody waits for any more."""
    for future in running:
        future.cancel()
    for worker in workers:
        worker.launcher.interrupt()
    wait(running)
    for worker in workers:
        worker.launcher.close()


class _Launcher:
    """The child process that starts programs. Started when first used, and again after a program has harmed it."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.no_network = False

    def ask(self, job: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """The result of a job; None when the launcher died of it, fell silent or was spoken for."""
        token = secrets.token_hex(16)
        process = self._started()
        try:
            assert process.stdin
            process.stdin.write(json.dumps(job | {"id": token}).encode() + b"\n")
            process.stdin.flush()
            result: Any = json.loads(_line(process, seconds))
        except (OSError, ValueError, RecursionError):
            result = None
        if isinstance(result, dict) and result.get("id") == token:
            return result
        self.close()
        return None

    def _started(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.close()
            try:
                self.process = subprocess.Popen(
                    [sys.executable, "-I", "-S", str(LAUNCHER)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    # programs must not find in their parent what they are not given themselves
                    env={"PATH": os.environ.get("PATH", os.defpath)},
                    start_new_session=True,
                )
                self.no_network = bool(json.loads(_line(self.process, 10 * GRACE))["no_network"])
            except (OSError, ValueError) as error:
                self.close()
                raise MachineLacksError(f"programs cannot be started: {error}", "kcoder doctor") from None
        return self.process

    def interrupt(self) -> None:
        """Ask the launcher's guard to end everything, whatever state a program has put it in."""
        if self.process is not None:
            self.process.terminate()
            self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        if self.process is None:
            return
        self.interrupt()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()
        self.process = None


def _line(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """All that comes up to the end of a line. Raises ValueError when it does not come in time."""
    assert process.stdout
    stream = process.stdout.fileno()
    deadline = time.monotonic() + seconds
    ready = select.poll()
    ready.register(stream, select.POLLIN)
    text = bytearray()
    while not text.endswith(b"\n"):
        left = deadline - time.monotonic()
        data = os.read(stream, 1 << 16) if left > 0 and ready.poll(1000 * left) else b""
        if not data:
            raise ValueError("no answer")
        text += data
    return bytes(text)


class _Worker:
    """Judges one job at a time."""

    def __init__(self, limits: Executor, folder: str) -> None:
        self.limits = limits
        self.folder = folder
        self.launcher = _Launcher()

    def judge(self, job: Job) -> Judgement:
        mark = f"_{secrets.token_hex(16)}"
        try:
            job.language.version()
            program = job.language.program(job.code, job.entry, [arguments for arguments, _ in job.tests], mark)
        except MachineLacksError as error:
            return Judgement(job.id, Verdict.NO_TOOLCHAIN, error.message, 0.0, "none")
        file = f"program{job.language.suffixes[0]}"
        result = self.launcher.ask(
            {
                "folder": self.folder,
                "file": file,
                "program": program.encode("utf-8", "replace").decode(),
                "command": job.language.command(Path(file)),
                "environment": dict(job.language.environment or {}),
                "timeout": self.limits.timeout,
                "memory": self.limits.memory,
                "output": self.limits.output,
            },
            self.limits.timeout + GRACE,
        )
        isolation = "process, no network" if self.launcher.no_network else "process"
        if result is None:
            return Judgement(job.id, Verdict.SANDBOX_DENIED, "harmed what was running it", 0.0, isolation)
        steady = _steadier(result["folder"], mark)
        try:
            verdict, detail = _verdict(job, result, mark, steady)
        except RecursionError:
            verdict, detail = Verdict.WRONG_ANSWER, "an answer is nested too deeply to be compared"
        return Judgement(job.id, verdict, detail, result["seconds"], isolation)

    def close(self) -> None:
        self.launcher.close()


#: an address in memory, as Python and Lua tell it: "object at 0x7f12...", "table: 0x55d1..."
_ADDRESS = re.compile(r"(\bat |: )0x[0-9a-fA-F]{6,16}\b")


def _steadier(folder: str, mark: str) -> Callable[[str], str]:
    """Takes out of a text what was drawn for this one run: it must not make equal outcomes look different."""
    return lambda text: _ADDRESS.sub(r"\g<1>0x…", text.replace(folder, ".").replace(mark, ""))


def _verdict(job: Job, result: dict[str, Any], mark: str, steady: Callable[[str], str]) -> tuple[Verdict, str]:
    """What the results of a program's calls, and the way it ended, come to."""
    answers = list(_answers(base64.b64decode(result["output"]).decode("utf-8", "replace"), mark))
    errors = steady(base64.b64decode(result["errors"]).decode("utf-8", "replace"))
    for (arguments, expected), answer in zip(job.tests, answers, strict=False):
        if not same(answer, expected):
            return Verdict.WRONG_ANSWER, _call(job, arguments, expected, answer, steady)
    if result["ended"] == "time":
        return Verdict.TIMED_OUT, "took more than its time"
    if result["ended"] == "output":
        return Verdict.OUTPUT_FLOOD, "more output than allowed"
    if len(answers) == len(job.tests):
        return Verdict.PASSED, ""
    if len(answers) > len(job.tests):
        return Verdict.WRONG_ANSWER, "more answers than calls"
    if result["status"] == 127 and errors.startswith("cannot start"):
        return Verdict.HARNESS_ERROR, errors[:SHOWN]
    verdict = job.language.verdict(result["status"], errors)
    return verdict, _last_words(errors) or f"ended after {len(answers)} of {len(job.tests)} calls"


def _answers(output: str, mark: str) -> Iterator[Any]:
    """The JSON values behind the mark. A line that is cut, no JSON or nested beyond reason ends them."""
    for line in output.split("\n"):
        if line.startswith(mark):
            try:
                yield json.loads(line[len(mark) :])
            except (ValueError, RecursionError):
                return


def same(answer: Any, expected: Any) -> bool:
    """Whether two JSON values are equal: numbers by value, truth values only to truth values, lists item by item."""
    if isinstance(answer, bool) or isinstance(expected, bool):
        return answer is expected
    if isinstance(answer, int | float) and isinstance(expected, int | float):
        return answer == expected
    if isinstance(answer, list) and isinstance(expected, list | tuple):
        return len(answer) == len(expected) and all(map(same, answer, expected))
    if isinstance(answer, dict) and isinstance(expected, dict):
        return answer.keys() == expected.keys() and all(same(answer[k], expected[k]) for k in answer)
    return type(answer) is type(expected) and bool(answer == expected)


def _call(job: Job, arguments: Sequence[Any], expected: Any, answer: Any, steady: Callable[[str], str]) -> str:
    told = ", ".join(json.dumps(a, ensure_ascii=False) for a in arguments)
    gave, wanted = steady(json.dumps(answer, ensure_ascii=False)), json.dumps(expected, ensure_ascii=False)
    told, gave, wanted = (t if len(t) <= SHOWN else f"{t[: SHOWN - 3]}..." for t in (told, gave, wanted))
    return f"{job.entry}({told}) gave {gave}, expected {wanted}"


def _last_words(errors: str) -> str:
    """The last line a program wrote to its standard error."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
