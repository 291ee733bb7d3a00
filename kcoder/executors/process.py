"""Programs in processes of their own, judged from outside.

What this does NOT protect against: a program that reads files the user can read, that kills every process of that
user, or that attacks the kernel. It does hold back: memory, processor time, output, processes left behind, the
environment's secrets and, where the kernel lets us leave the network, the network. Every outcome names the level.

A verdict never comes from the program: it prints what its function returned behind a mark that was drawn after the
program was written, and the values are compared here.
"""

from __future__ import annotations

import base64
import contextlib
import json
import queue
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from kcoder.errors import MachineLacksError
from kcoder.executor import Execute, Executor, Job, Judgement
from kcoder.host import Host
from kcoder.records import Verdict

LAUNCHER = Path(__file__).with_name("launcher.py")
SHOWN = 80


class Process(Executor):
    """A launcher for each worker; a fresh process, session and folder for each program."""

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
            waiting = list(jobs)
            with ThreadPoolExecutor(len(workers)) as pool:
                # in slices, so that being asked to stop need not wait for thousands of programs
                for start in range(0, len(waiting), 8 * len(workers)):
                    host.check()
                    yield from pool.map(judged, waiting[start : start + 8 * len(workers)])

        try:
            yield execute
        finally:
            for worker in workers:
                worker.close()
            folder.cleanup()


class _Launcher:
    """The child process that starts programs. Started when first used, and again after a program has killed it."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.no_network = False
        self.lock = threading.Lock()

    def ask(self, job: dict[str, Any]) -> dict[str, Any] | None:
        """The result of a job; None when the launcher died of it."""
        with self.lock:
            process = self._started()
            try:
                assert process.stdin and process.stdout
                process.stdin.write(json.dumps(job | {"no_network": self.no_network}) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
                result: dict[str, Any] | None = json.loads(line) if line.endswith("\n") else None
            except (OSError, ValueError):
                result = None
            if result is None:
                self.close()
            return result

    def _started(self) -> subprocess.Popen[str]:
        if self.process is None or self.process.poll() is not None:
            try:
                self.process = subprocess.Popen(
                    [sys.executable, "-I", "-S", str(LAUNCHER)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
                assert self.process.stdout
                self.no_network = bool(json.loads(self.process.stdout.readline())["no_network"])
            except (OSError, ValueError) as error:
                raise MachineLacksError(f"programs cannot be started: {error}", "kcoder doctor") from None
        return self.process

    def close(self) -> None:
        if self.process is not None:
            with contextlib.suppress(OSError):
                if self.process.stdin:
                    self.process.stdin.close()
            self.process.kill()
            self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()
            self.process = None


class _Worker:
    """Judges one job at a time."""

    def __init__(self, limits: Executor, folder: str) -> None:
        self.limits = limits
        self.folder = folder
        self.launcher = _Launcher()

    def judge(self, job: Job) -> Judgement:
        mark = secrets.token_hex(16)
        try:
            job.language.version()
            program = job.language.program(job.code, job.entry, [arguments for arguments, _ in job.tests], f"_{mark}")
        except MachineLacksError as error:
            return Judgement(job.id, Verdict.NO_TOOLCHAIN, error.message, 0.0, "none")
        file = f"program{job.language.suffixes[0]}"
        result = self.launcher.ask(
            {
                "id": job.id,
                "folder": self.folder,
                "file": file,
                "program": program.encode("utf-8", "replace").decode(),
                "command": job.language.command(Path(file)),
                "timeout": self.limits.timeout,
                "memory": self.limits.memory,
                "output": self.limits.output,
            }
        )
        isolation = "process, no network" if self.launcher.no_network else "process"
        if result is None:
            return Judgement(job.id, Verdict.SANDBOX_DENIED, "killed what was running it", 0.0, isolation)
        verdict, detail = _verdict(job, result, f"_{mark}")
        # what was drawn for this one run must not make equal outcomes look different
        detail = detail.replace(result["folder"], ".").replace(f"_{mark}", "")
        return Judgement(job.id, verdict, detail, result["seconds"], isolation)

    def close(self) -> None:
        self.launcher.close()


def _verdict(job: Job, result: dict[str, Any], mark: str) -> tuple[Verdict, str]:
    """What the results of a program's calls, and the way it ended, come to."""
    answers = list(_answers(base64.b64decode(result["output"]).decode("utf-8", "replace"), mark))
    errors = base64.b64decode(result["errors"]).decode("utf-8", "replace")
    for number, ((arguments, expected), answer) in enumerate(zip(job.tests, answers, strict=False)):
        if not same(answer, expected):
            return Verdict.WRONG_ANSWER, _call(job, number, arguments, expected, answer)
    if result["ended"] == "time":
        return Verdict.TIMED_OUT, f"more than its time; {len(answers)} of {len(job.tests)} calls were answered"
    if result["ended"] == "output":
        return Verdict.OUTPUT_FLOOD, "more output than allowed"
    if len(answers) == len(job.tests):
        return Verdict.PASSED, ""
    if len(answers) > len(job.tests):
        return Verdict.WRONG_ANSWER, "more answers than calls"
    if result["status"] == 127 and errors.startswith("cannot start"):
        return Verdict.HARNESS_ERROR, errors[:SHOWN]
    verdict = job.language.verdict(result["status"] or 0, errors)
    return verdict, _last_words(errors) or f"ended after {len(answers)} of {len(job.tests)} calls"


def _answers(output: str, mark: str) -> Iterator[Any]:
    """The JSON values behind the mark. A line that is cut or no JSON ends them."""
    for line in output.split("\n"):
        if line.startswith(mark):
            try:
                yield json.loads(line[len(mark) :])
            except ValueError:
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


def _call(job: Job, number: int, arguments: Sequence[Any], expected: Any, answer: Any) -> str:
    told = ", ".join(json.dumps(a, ensure_ascii=False) for a in arguments)
    values = [json.dumps(v, ensure_ascii=False) for v in (answer, expected)]
    told, gave, wanted = (t if len(t) <= SHOWN else f"{t[: SHOWN - 3]}..." for t in (told, *values))
    return f"{job.entry}({told}) gave {gave}, expected {wanted}"


def _last_words(errors: str) -> str:
    """The last line a program wrote to its standard error."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
