"""What runs and judges programs nobody has read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import ClassVar, Protocol

from kcoder.host import Host
from kcoder.language import Language, Tests
from kcoder.plugin import Plugin, option
from kcoder.records import Verdict


@dataclass(frozen=True)
class Job:
    """A candidate program and the tests that follow it. `entry` is the function they call; `cut` tells how the
    candidate was taken out of what a model wrote, and `fault` why there is none, or none of that name."""

    id: str
    language: Language
    code: str
    entry: str
    tests: Tests
    cut: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Judgement:
    """A verdict with what shows it. `seconds` are of processor time, without building; `isolation` names what kept the
    program in."""

    id: str
    verdict: Verdict
    detail: str
    seconds: float
    isolation: str


class Execute(Protocol):
    """Jobs in, judgements out in any order, matched by id."""

    def __call__(self, jobs: Iterable[Job]) -> Iterator[Judgement]: ...


class Executor(Plugin):
    """Runs programs under limits. A verdict never comes from a program's exit status or from the program itself."""

    group: ClassVar[str] = "executors"

    timeout: float = option(10.0, "seconds a program may take", source="own choice", gt=0)
    memory: int = option(1024, "MiB a program may take", source="own choice", gt=0)
    output: int = option(1024, "KiB a program may print", source="own choice", gt=0)

    def holds(self) -> Iterator[tuple[str, str, str]]:
        """What it can promise on this machine: each of its levels, the best first, with why it does not hold (nothing
        where it does) and what would make it. For `kcoder doctor`."""
        yield from ()

    def open(self, host: Host) -> AbstractContextManager[Execute]:
        """Raises MachineLacksError where programs cannot be run."""
        raise NotImplementedError
