"""Trees in a process of their own.

Parsers that tree-sitter makes need minutes and gigabytes for some short texts (16 KB of `x=>` in Java: 33 s and 9 GB),
and nothing stops them from within; models that repeat themselves write such texts. So the process is given SECONDS of
processor time for one text and MEMORY in all, and one that is too much for it has no tree. What a text needs otherwise
is about a millisecond.

This does not protect against a parser's faults: whoever can make one execute what a text says is in a process with
the user's rights.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from kcoder.errors import MachineLacksError
from kcoder.language import Syntax

#: of processor time that one text may take: hundreds of times what an ordinary one takes
SECONDS = 2
#: bytes the process may take
MEMORY = 1 << 30
#: how a text that is too much ends it: its time is up, memory is refused, a parser's own fault
TOO_MUCH = (signal.SIGXCPU, signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS)
PACKAGES = Path(__file__).parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from kcoder.completions.process import serve; serve()"


def read_apart(syntax: Syntax, prompt: str, text: str, entry: str, tests: str = "") -> tuple[str, str, str] | None:
    """As `reading`; None also where the text was too much. Raises MachineLacksError where the grammar is
    not installed."""
    told = _parser(os.getpid()).ask("reading", syntax, prompt, text, entry, tests)
    return (told[0], told[1], told[2]) if told else None


def completing_apart(
    syntax: Syntax, prompt: str, text: str, entry: str, head: str, tests: str
) -> tuple[str, list[str]] | None:
    """As `completing`; None also where the text was too much. Raises MachineLacksError as `read_apart` does."""
    told = _parser(os.getpid()).ask("completing", syntax, prompt, text, entry, head, tests)
    return (told[0], told[1]) if told else None


@cache
def _parser(process: int) -> _Parser:
    """The one for this process: a fork cannot share it."""
    return _Parser()


class _Parser:
    """The other end. Started when first used, and again after a text that ended it."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.lock = Lock()
        atexit.register(self.close)

    def ask(self, what: str, syntax: Syntax, *texts: str) -> Any:
        """What the function of this name says; None where the text was too much for it."""
        asked = json.dumps([what, syntax.model_dump_json(), *texts]) + "\n"
        with self.lock:
            told, ended = self._asked(asked)
            if ended is not None and -ended not in TOO_MUCH:  # somebody ended it, not the text
                told, ended = self._asked(asked)
        if isinstance(told, dict) and "lacks" in told:
            raise MachineLacksError(f"{told['lacks']}, a grammar, is not installed", f"pip install {told['lacks']}")
        if isinstance(told, dict) or (ended is not None and -ended not in TOO_MUCH):
            raise RuntimeError(told["fault"] if told else f"what reads completions ended with status {ended}")
        return told

    def _asked(self, asked: str) -> tuple[Any, int | None]:
        """What it says; or nothing, and the status with which it ended."""
        process = self._started()
        assert process.stdin and process.stdout
        try:
            process.stdin.write(asked)
            process.stdin.flush()
            return json.loads(process.stdout.readline()), None
        except (OSError, ValueError):
            process.stdin.close()
            return None, process.wait()

    def _started(self) -> subprocess.Popen[str]:
        if self.process is None or self.process.poll() is not None:
            self.close()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, str(PACKAGES)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,  # a person's Ctrl-C is for those who can finish what they are at
            )
        return self.process

    def close(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()


def serve() -> None:
    """Read texts from standard input until it ends; say for each what the function gives that is asked for, or why
    nothing can be read."""
    from kcoder.completions.reading import completing, reading

    syntax_of = cache(Syntax.model_validate_json)
    known: dict[str, Callable[..., object]] = {"reading": reading, "completing": completing}
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    for line in sys.stdin:
        what, syntax, *texts = json.loads(line)
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime) + 1 + SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
        told: object
        try:
            told = known[what](syntax_of(syntax), *texts)
        except MemoryError:
            told = None
        except ImportError as error:
            told = {"lacks": error.name or str(error)}
        except Exception:  # a fault of ours, which must not pass for a text that has no tree
            told = {"fault": traceback.format_exc()}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
