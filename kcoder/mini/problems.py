"""The held-out problems: one of each skeleton, the same for every spec and seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

from kcoder.benchmark import Problem
from kcoder.mini.calls import Calls, calls
from kcoder.mini.catalogue import Skeleton, skeletons
from kcoder.mini.function import Function
from kcoder.mini.writers import writer


def problems(side: str, language: str) -> Iterator[Problem]:
    """The problems of `test` or `dev` in a language. Raises UsageError for a language mini cannot write."""
    hand = writer(language)
    for skeleton in skeletons(side):
        function, tests = held_out(skeleton)
        yield Problem(
            id=skeleton.name,
            prompt=hand.prompt(function),
            entry=function.name,
            tests=tests,
            solution=hand.body(function),
        )


@cache
def held_out(skeleton: Skeleton) -> tuple[Function, Calls]:
    """The function of a held-out skeleton with its tests; drawn again while tests tell too little."""
    chance = random.Random(f"mini problem {skeleton.name}")
    while True:
        function = skeleton.draw(chance)
        if tests := calls(function, chance):
            return function, tests
