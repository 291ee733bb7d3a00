"""Calls that tell one function from another."""

import json
import random
from collections import Counter
from typing import Any

import pytest

from kcoder.mini.calls import Calls, argument, calls, compiled
from kcoder.mini.function import Apply, Choice, Function, Pair, Walk

PLAIN = Apply("plain", ("x",))


def walk(takes: str, where: Apply | None, each: Apply, finish: str) -> Function:
    constants = tuple(constant for use in (where, each) if use for constant in use.operands[1:])
    return Function("f", "Return it.", ("xs",), takes, Walk(takes, "xs", "x", where, each, finish), constants)


def pair(how: str, left: str, right: str) -> Function:
    return Function(
        "f", "Return it.", ("a", "b"), "number", Pair(how, Apply(left, ("a", 2)), Apply(right, ("b", 2))), ()
    )


DIFFERENCE = pair("difference", "square", "plain")
SUM = walk("numbers", Apply("even", ("x",)), Apply("square", ("x",)), "sum")
WORDS = walk("words", Apply("longer", ("x", 3)), PLAIN, "list")
LETTERS = walk("letters", Apply("isnt", ("x", "a")), PLAIN, "backwards")
COUNT = walk("numbers", Apply("even", ("x",)), PLAIN, "count")
QUESTION = walk("numbers", None, Apply("below", ("x", 9)), "all")
FAR = Choice(Apply("above", ("n", 100)), Apply("square", ("n",)), Apply("negated", ("n",)))
CHOICE = Function("f", "Return it.", ("n",), "number", FAR, (100,))


def made(function: Function, seed: int = 0) -> Calls:
    found = calls(function, random.Random(seed))
    assert found is not None
    return found


@pytest.mark.parametrize("function", [DIFFERENCE, CHOICE, SUM, COUNT, WORDS, LETTERS])
def test_twenty_calls_are_all_different_and_no_result_stands_there_four_times(function: Function) -> None:
    found = made(function)
    assert len({json.dumps(arguments) for arguments, _ in found}) == len(found) == 20
    assert max(Counter(json.dumps(result) for _, result in found).values()) <= 3


def test_a_question_is_answered_yes_and_no_ten_times_each() -> None:
    assert Counter(result for _, result in made(QUESTION)) == {True: 10, False: 10}


@pytest.mark.parametrize(
    ("function", "call"),
    [
        (DIFFERENCE, ((0, 0), 0)),
        (SUM, (([],), 0)),
        (WORDS, (([],), [])),
        (LETTERS, (("",), "")),
    ],
)
def test_the_first_call_is_the_empty_or_zero_one(function: Function, call: tuple[Any, Any]) -> None:
    assert made(function)[0] == call


def test_a_function_that_hardly_returns_anything_new_has_no_calls() -> None:
    # 0 and 1, three times each, are six calls
    assert calls(pair("smaller", "modulo", "modulo"), random.Random(0)) is None


def test_the_same_chance_makes_the_same_calls() -> None:
    assert made(WORDS, seed=1) == made(WORDS, seed=1) != made(WORDS, seed=2)


def test_numbers_below_zero_are_among_the_arguments() -> None:
    assert min(min(numbers, default=0) for (numbers,), _ in made(SUM)) < 0


def test_numbers_just_below_at_and_just_above_a_constant_are_tried() -> None:
    chance = random.Random(0)
    assert {argument(CHOICE, chance, empty=False) for _ in range(400)} >= {99, 100, 101}


def test_a_letter_that_is_asked_for_stands_in_every_third_word() -> None:
    function, chance = walk("words", Apply("containing", ("x", "z")), PLAIN, "list"), random.Random(0)
    words = [word for _ in range(100) for word in argument(function, chance, empty=False)]
    assert sum("z" in word for word in words) > len(words) / 3


def test_a_compiled_function_does_what_it_says() -> None:
    assert compiled(SUM)([1, 2, -4]) == 20
