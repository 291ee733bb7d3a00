"""One of several processes that do a piece of work together, as the process sees it that has started it.

It is `python -m kcoder.training.worker FD`. It reads its job from standard input, a line of JSON, and "stop" on a
second line where the person asks for it. It tells lines of JSON through the pipe FD:

    {"progress": "..."} {"say": "..."}     for the person; number 0's are passed on
    {"done": {...}}                        its result; number 0's is that of all
    {"error": {"kind", "message", "hint", "story"}}

It ends with its parent: when its standard input ends, and on Linux by the kernel too.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from kcoder import errors
from kcoder.errors import KcoderError
from kcoder.host import Host

Told = dict[str, Any]
#: the module whose processes work. No job names it: in a launch jobs come from a store, into which others may write
WORKER = "kcoder.training.worker"
#: seconds in which the last that one has told is read
READ = 5.0


class Worker:
    """One process, and what it has told. `number` is its own among all, `local` among those of this machine."""

    def __init__(self, job: Told, number: int, local: int, folder: Path) -> None:
        self.number, self.words = number, folder / f"words-{number}"
        self.done: Told | None = None
        self.error: Told | None = None
        self.told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        receive, send = os.pipe()
        try:
            with self.words.open("wb") as file:
                self.process = subprocess.Popen(
                    [sys.executable, "-P", "-m", WORKER, str(send)],
                    stdin=subprocess.PIPE,
                    stdout=file,
                    stderr=file,
                    pass_fds=(send,),
                    env=_environment(local),
                    start_new_session=True,  # Ctrl-C is for the parent, which asks them to stop
                )
        except BaseException:
            os.close(receive)
            raise
        finally:
            os.close(send)
        self.listener = threading.Thread(target=self._listen, args=(receive,), daemon=True)
        self.listener.start()
        self._write(json.dumps(job | {"number": number}))

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def failed(self) -> bool:
        return self.error is not None or self.process.poll() not in (None, 0)

    def stop(self) -> None:
        """Ask for it: the processes agree on a step."""
        self._write("stop")

    def kill(self) -> bool:
        """Make sure that it has ended; whether it had to be killed."""
        running = not self.ended
        if running:
            self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):  # of what it has not read
            assert self.process.stdin
            self.process.stdin.close()
        return running

    def hear(self, host: Host, *, to_the_end: bool = False) -> None:
        if to_the_end:
            self.listener.join(READ)
        while not self.told.empty():
            for kind, content in self.told.get().items():
                if kind == "progress":
                    host.progress(content)
                elif kind == "say":
                    host.say(content)
                else:
                    setattr(self, kind, content)

    def death(self, size: int) -> KcoderError:
        code = self.process.returncode
        how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended with exit code {code}"
        hint = "the system kills what takes too much memory" if code == -signal.SIGKILL else self.last_words()
        return KcoderError(f"process {self.number} of the {size} {how}, and the others with it", hint)

    def last_words(self) -> str:
        lines = self.words.read_text("utf-8", errors="replace").strip().splitlines() if self.words.exists() else []
        return f"its last words: {lines[-1][:300]}" if lines else ""

    def _write(self, line: str) -> None:
        with contextlib.suppress(OSError):  # it has ended, and why is found out elsewhere
            assert self.process.stdin
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()

    def _listen(self, receive: int) -> None:
        with open(receive, encoding="utf-8") as lines:
            for line in lines:
                told = json.loads(line)
                for error in filter(None, [told.get("error")]):
                    error["at"] = time.monotonic()
                self.told.put(told)


def _environment(local: int) -> dict[str, str]:
    """What a launch has told is for the parent: in a worker torch would take it for its own. So is a GPU's number: a
    worker sees but one."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("TORCHELASTIC_")}
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
        told.pop(name, None)
    if "KCODER_DEVICE" in told:
        told["KCODER_DEVICE"] = told["KCODER_DEVICE"].partition(":")[0]
    return told | _own_gpu(local)


def _own_gpu(local: int) -> dict[str, str]:
    """What shows a process no GPU but its own, so that "cuda" means that one wherever it is said."""
    seen = os.environ.get("CUDA_VISIBLE_DEVICES")
    names = [name for name in seen.split(",") if name] if seen is not None else []
    if seen is not None and len(names) < 2:  # none, or Slurm has given each process its own
        return {}
    return {"CUDA_VISIBLE_DEVICES": names[local % len(names)] if names else str(local)}


# ---- errors --------------------------------------------------------------------------------------------------------


class Elsewhere(Exception):  # noqa: N818 - it carries another process's traceback into the log
    """The story of a failure, as the process told it in which it happened."""


def as_told(error: BaseException, story: str) -> Told:
    """An error as another process can raise it again; `kind` is empty where it was not meant for the person."""
    if isinstance(error, KcoderError):
        kind = next(cls.__name__ for cls in type(error).__mro__ if getattr(errors, cls.__name__, None) is cls)
        return {"kind": kind, "message": error.message, "hint": error.hint, "story": story}
    reason = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    return {"kind": "", "message": reason, "hint": "", "story": story}


def as_error(told: Told) -> KcoderError:
    made: KcoderError = getattr(errors, told["kind"] or "KcoderError")(told["message"], told["hint"])
    return made
