"""From how a program ended, and what it said, to a verdict with the detail that shows it. Knows no process."""

from __future__ import annotations

import base64
import json
import re
import signal
from collections.abc import Callable, Iterator
from typing import Any

from kcoder.executor import Job
from kcoder.isolation.values import heard
from kcoder.language import END, Language, Tests, drawn
from kcoder.records import Verdict

SHOWN = 80
#: what the kernel says when a program wanted more files, processes or disk than it may have, or what it may not do
DENIED = re.compile(
    r"(?i:Resource temporarily unavailable|No space left on device|File too large|Operation not permitted)"
    r"|\bE(AGAIN|NOSPC|FBIG|PERM)\b"
)
#: an address in memory, as Python, Lua and Ruby tell it: "object at 0x7f12...", "table: 0x55d1...", "#<Foo:0x0000..."
_ADDRESS = re.compile(r"(\bat |: ?|:)0x[0-9a-fA-F]{6,16}\b")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

Told = dict[str, Any]
Found = tuple[Verdict, str]


def judged(job: Job, told: Told, mark: str) -> Found:
    """The verdict on a program that was built and executed by commands."""
    if "failed" in told:
        return Verdict.HARNESS_ERROR, str(told["failed"])[:SHOWN]
    steady = _steadier(told["folder"], mark)
    errors = steady(words(told))
    output = _placeless(base64.b64decode(told["output"]).decode("utf-8", "replace"), mark)  # before it is cut
    if told["step"] < told["steps"] - 1:
        return _not_built(job, told, steady(output), errors)
    said = list(_said(output, mark))
    try:
        if wrong := _compared(job, said):
            return Verdict.WRONG_ANSWER, steady(wrong)
    except (ValueError, RecursionError, OverflowError):
        return Verdict.WRONG_ANSWER, "an answer that cannot be compared"
    if ended := _ended(told):
        return ended
    if _complete(job.tests, said):
        return Verdict.PASSED, ""
    verdict = job.language.verdict(told["status"], errors)
    if verdict in (Verdict.RUNTIME_ERROR, Verdict.INCOMPLETE) and DENIED.search(errors):
        verdict = Verdict.SANDBOX_DENIED
    silent = f"ended after {len(said)} of {len(job.tests.expected or ())} calls"
    if told["status"] < 0:
        silent = f"{_signal(-told['status'])}, {silent}"
    return verdict, job.language.last_words(errors) or silent


def judged_python(job: Job, told: Told, mark: str) -> Found:
    """The verdict on a Python program, which answered calls of tests that ran elsewhere."""
    if "failed" in told:
        return Verdict.HARNESS_ERROR, str(told["failed"])[:SHOWN]
    steady = _steadier(told["folder"], mark)
    found = told["python"]
    try:
        wrong = _compared(job, [heard(each) for each in told["said"] or ()])
    except (ValueError, RecursionError, OverflowError):
        wrong = "an answer that cannot be compared"
    if wrong or "wrong" in found:
        return Verdict.WRONG_ANSWER, steady(wrong or found["wrong"])
    if "finished" in found and _complete_python(job.tests, told["said"]):
        return Verdict.PASSED, ""
    if "build" in found:
        kind = Verdict.OUT_OF_MEMORY if found["class"] == "MemoryError" else Verdict.BUILD_FAILED
        return kind, steady(f"{found['class']}: {found['build']}")
    if "raised" in found:
        return _raised(found, steady)
    if "tests" in found:
        return Verdict.RUNTIME_ERROR, steady(f"in the tests: {found['tests']}")
    return _ended(told) or (Verdict.INCOMPLETE, f"ended after {len(told['said'] or ())} calls")


def unprepared(language: Language, told: Told) -> str:
    """Why what programs share could not be made, in the toolchain's words."""
    return f"not prepared: {told.get('failed') or told.get('ended') or language.complaint(words(told))}"[:SHOWN]


def words(told: Told) -> str:
    """What a command wrote to its standard error last."""
    return base64.b64decode(told.get("errors", "")).decode("utf-8", "replace")


def _raised(found: Told, steady: Callable[[str], str]) -> Found:
    place = f"line {found['line']}: " if found.get("line") else ""
    detail = steady(f"{place}{found['raised']}: {found.get('message', '')}".removesuffix(": "))
    kinds = found.get("kinds", [])
    if "MemoryError" in kinds:
        return Verdict.OUT_OF_MEMORY, detail
    if "SystemExit" in kinds:
        return Verdict.INCOMPLETE, detail
    if "OSError" in kinds and DENIED.search(detail):
        return Verdict.SANDBOX_DENIED, detail
    return Verdict.RUNTIME_ERROR, detail


def _not_built(job: Job, told: Told, output: str, errors: str) -> Found:
    """A command that builds has failed: the compiler's words."""
    if told["ended"] == "time":
        return Verdict.TIMED_OUT, "while it was built"
    if told["ended"] == "memory":
        return Verdict.OUT_OF_MEMORY, "while it was built"
    said = errors if errors.strip() else output
    return job.language.unbuilt(said), job.language.complaint(said)


def _ended(told: Told) -> Found | None:
    """What a program ran into that was ended, by us or by the kernel."""
    if told["ended"] == "time":
        return Verdict.TIMED_OUT, "took more than its time"
    if told["ended"] == "memory":
        return Verdict.OUT_OF_MEMORY, "its processes took more memory than allowed"
    if told["ended"] == "processes":
        return Verdict.SANDBOX_DENIED, "more processes and threads than allowed"
    if told["ended"] == "output":
        return Verdict.OUTPUT_FLOOD, "more output than allowed"
    if told["status"] == -signal.SIGXFSZ:
        return Verdict.SANDBOX_DENIED, "a file larger than allowed"
    if told["status"] < 0 and "python" in told:
        return Verdict.RUNTIME_ERROR, _signal(-told["status"])
    return None


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most of the real-time ones have no name
        return f"signal {number}"


def _compared(job: Job, said: list[Any]) -> str:
    """The first value that is not the expected one, in words; empty where all that were said are right."""
    expected = job.tests.expected
    if expected is None:
        return ""
    for number, (value, right) in enumerate(zip(said, expected, strict=False), 1):
        if not job.language.same(value, right):
            sources = job.tests.sources
            call = _cut(sources[number - 1]) if number <= len(sources) else f"call {number} of {len(expected)}"
            return f"{call} gave {_shown(value)}, expected {_shown(right)}"
    return "more answers than calls" if len(said) > len(expected) else ""


def _complete_python(tests: Tests, said: list[Any] | None) -> bool:
    """Where values are expected all must have been said: tests that come to their end are no proof of that."""
    return tests.expected is None or len(said or ()) == len(tests.expected)


def _complete(tests: Tests, said: list[Any]) -> bool:
    return said == [END] if tests.expected is None else len(said) == len(tests.expected)


def _said(output: str, mark: str) -> Iterator[Any]:
    """The values behind the mark. A line that is cut, no JSON, no value or nested beyond reason ends them."""
    for line in output.split("\n"):
        if line.startswith(mark):
            try:
                yield heard(json.loads(line[len(mark) :]))
            except (ValueError, RecursionError):
                return


def _steadier(folder: str, mark: str) -> Callable[[str], str]:
    """Takes out of a text what was drawn for this one run: it must not make equal outcomes look different."""

    def steady(text: str) -> str:
        text = _placeless(text, mark).replace("\r\n", "\n").replace(folder, ".").replace(mark, "").replace(drawn(), "")
        plain = _ADDRESS.sub(r"\g<1>0x…", text)
        # what a terminal obeys and no file can hold, a lone surrogate
        return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), plain)

    return steady


def _placeless(text: str, mark: str) -> str:
    """Without the names of the place that a program had among those it was built with."""
    return re.sub(rf"kcoder{mark}_\d+(?:::|/)", "", text)


def _shown(value: Any) -> str:
    try:
        return _cut(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):  # sets, numbers as keys: what JSON lacks
        return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
