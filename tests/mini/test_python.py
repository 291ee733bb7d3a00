"""Made functions in Python, read and run."""

import random
from typing import Any

import pytest

from kcoder.mini.catalogue import Skeleton
from kcoder.mini.problems import problems
from kcoder.mini.python import Python


def written(family: str, *parts: str) -> str:
    function = Skeleton(family, parts).draw(random.Random(1))
    return Python().prompt(function) + Python().body(function)


def test_a_walk_is_a_comprehension() -> None:
    assert written("numbers", "sum", "square", "even") == (
        "def sum_square_even(nums):\n"
        '    """Return the sum of the even numbers in nums, each squared."""\n'
        "    return sum(x * x for x in nums if x % 2 == 0)\n"
    )


def test_a_choice_is_an_expression() -> None:
    assert written("choice", "even", "square", "negated") == (
        "def even_square_negated(d):\n"
        '    """Return the square of d if d is even, else the negative of d."""\n'
        "    return d * d if d % 2 == 0 else -d\n"
    )


def test_a_letter_is_quoted_in_the_body() -> None:
    assert written("words", "list", "plain", "starting") == (
        "def list_starting(texts):\n"
        '    """Return a list of the words starting with \'c\' in texts."""\n'
        '    return [w for w in texts if w.startswith("c")]\n'
    )


@pytest.mark.parametrize("side", ["test", "dev"])
def test_every_reference_solution_passes(side: str) -> None:
    for problem in problems(side, "python"):
        names: dict[str, Any] = {}
        exec(problem.prompt + problem.solution, names)
        for arguments, expected in problem.tests:
            found = names[problem.entry](*arguments)
            assert (type(found), found) == (type(expected), expected), problem.id
