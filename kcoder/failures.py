"""Why a program failed: its class, of a closed set, and the cause in the compiler's or the runtime's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kcoder.records import Verdict


class Failure(StrEnum):
    """A closed set: what a person would do about a failure. The last two are never a model's."""

    EMPTY = "empty or refused"
    CUT_OFF = "cut at the token limit"
    SYNTAX = "does not parse"
    TYPE = "type error"
    NAME = "unknown name"
    IMPORT = "missing import"
    BUILD = "other compile error"
    RUNTIME = "runtime exception"
    WRONG = "wrong answer"
    INCOMPLETE = "ended too early"
    TIME = "timed out"
    MEMORY = "out of memory"
    OUTPUT = "output flood"
    DENIED = "sandbox denied"
    NO_TOOLCHAIN = "no toolchain"
    HARNESS = "harness error"


#: a regular expression over a verdict's detail, the failure and the cause it tells of; of several the first that is
#: found counts. An empty cause is the expression's first group.
Cause = tuple[str, Failure, str]

_OF_VERDICT = {
    Verdict.REFUSED: Failure.EMPTY,
    Verdict.BUILD_FAILED: Failure.BUILD,
    Verdict.RUNTIME_ERROR: Failure.RUNTIME,
    Verdict.WRONG_ANSWER: Failure.WRONG,
    Verdict.INCOMPLETE: Failure.INCOMPLETE,
    Verdict.TIMED_OUT: Failure.TIME,
    Verdict.OUT_OF_MEMORY: Failure.MEMORY,
    Verdict.OUTPUT_FLOOD: Failure.OUTPUT,
    Verdict.SANDBOX_DENIED: Failure.DENIED,
    Verdict.NO_TOOLCHAIN: Failure.NO_TOOLCHAIN,
    Verdict.HARNESS_ERROR: Failure.HARNESS,
}
#: of every language: the function that is tested has another name, or is not there
_GENERAL: tuple[Cause, ...] = (
    (r"\Arenamed: ", Failure.NAME, "function renamed"),
    (r"\Amissing; ", Failure.NAME, "function missing"),
    (r"^SIG(?:SEGV|BUS)\b", Failure.RUNTIME, "segmentation fault"),
    (r"^SIGFPE\b", Failure.RUNTIME, "division by zero"),
    (r"^(SIG[A-Z]+)\b", Failure.RUNTIME, ""),
)
#: what is told where no table knows the words: the class of an exception
_EXCEPTION = re.compile(r"\A(?:line \d+: )?(?:in the tests: )?((?:\w+(?:\.|::))*[A-Z]\w*)(?::|\Z| \(line)")
_LINE = re.compile(
    r"\A(?:[^:;]+(?:: \w+)?; )?(?:build failed: )?(?:line |candidate:)(\d+): |\((?:candidate\.py, )?line (\d+)\)\Z"
)
_LOOSE = re.compile(r"[\s})\];]+|\bend\b")


@dataclass(frozen=True)
class Told:
    """A failure, its cause where that is known, and the line of the program, from 1, where that is."""

    failure: Failure
    cause: str = ""
    line: int | None = None


def failure(verdict: Verdict, detail: str, causes: Iterable[Cause] = (), cut_off: bool = False) -> Told | None:
    """Why a program failed; None where it passed. `cut_off` says that it reaches to where a model was stopped."""
    if verdict == Verdict.PASSED:
        return None
    found = _LINE.search(detail)
    line = int(found[1] or found[2]) if found else None
    general = _OF_VERDICT[verdict]
    if general in (Failure.BUILD, Failure.RUNTIME, Failure.INCOMPLETE):
        told = _told(detail, causes, general)
        return Told(Failure.CUT_OFF if cut_off else told.failure, told.cause, line)
    return Told(Failure.CUT_OFF if cut_off and general is Failure.WRONG else general, "", line)


def _told(detail: str, causes: Iterable[Cause], general: Failure) -> Told:
    for words, kind, cause in (*_GENERAL, *causes):
        if found := re.search(words, detail, re.M):
            return Told(kind, cause or found[1])
    named = _EXCEPTION.match(detail) if general is Failure.RUNTIME else None
    return Told(general, named[1] if named else "")


def reaches_end(program: str, text: str) -> bool:
    """Whether a program, without the closing brackets that may have been added to it, ends as the text does that it was
    taken from."""
    squeezed, whole = (_LOOSE.sub("", each) for each in (program, text))
    return bool(whole) and squeezed.endswith(whole[-40:])
