"""Held-out problems of the kind sources/mini.py makes: 100 to test, 100 others to make choices by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kcoder.benchmark import Benchmark, Problem
from kcoder.host import Host


class MiniProblems(Benchmark):
    """One problem for each skeleton that is held out to test. The same for every spec and seed."""

    @classmethod
    def task(cls, problem: str) -> str | None:
        return problem  # the skeleton, with the same function and calls in every language

    def languages(self) -> tuple[str, ...]:
        from kcoder.mini.writers import WRITERS

        return tuple(WRITERS)

    def problems(self, language: str, host: Host) -> Iterator[Problem]:
        from kcoder.mini.problems import problems

        return problems(self.split, language)


class MiniDev(MiniProblems):
    """One problem for each skeleton that is held out to make choices by: settings, checkpoints."""

    split: ClassVar[str] = "dev"
