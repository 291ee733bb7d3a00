"""What can go wrong, said as directions: what was found, where, and what to do next.

Each error class has its exit code; the command line prints the message and never a traceback.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable
from dataclasses import dataclass


class KcoderError(Exception):
    """A stage failed, with a message for the person. `hint` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(KcoderError):
    """The spec, the command line or an input file is wrong."""

    exit_code = 2


class MachineLacksError(KcoderError):
    """The machine lacks something: a toolchain, memory, disk, a key."""

    exit_code = 3


class InterruptedRun(KcoderError):  # noqa: N818 - an interruption is no error
    """The person asked to stop; what was finished is kept."""

    exit_code = 130


class TimeIsUp(InterruptedRun):
    """A time limit that the spec set is reached; the same command goes on from there."""

    exit_code = 5


@dataclass(frozen=True)
class Place:
    """A place in a text: 1-based line and column, and the line itself. Line 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, at one place, with the smallest change that mends it."""

    place: Place
    message: str
    hint: str = ""


class SpecError(UsageError):
    """Every fault of a spec at once, in order of place."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        self.file = file
        unique = dict.fromkeys(faults)
        self.faults = sorted(unique, key=lambda f: (f.place.file != file, f.place.line, f.place.column))
        super().__init__("; ".join(f"{f.place}: {f.message}" for f in self.faults))


def no_space(error: BaseException) -> bool:
    """Whether a disk is full, or a quota used up. polars and safetensors say it in words, not as OSError."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    told = str(error).lower()
    return any(words in told for words in ("no space left", "os error 28", "disk quota"))


def near(word: object, known: Iterable[str]) -> str:
    """The known word nearest to a mistyped one, or an empty string."""
    found = difflib.get_close_matches(str(word), list(known), 1, 0.6)
    return found[0] if found else ""


def choice(word: object, known: Iterable[str]) -> str:
    """A hint that names the near miss or, failing that, everything there is."""
    names = sorted(known)
    nearest = near(word, names)
    return f"did you mean {nearest}?" if nearest else f"there are: {', '.join(names) or 'none'}"
