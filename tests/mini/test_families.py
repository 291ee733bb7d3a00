"""Compositions, and the functions they become."""

import json
import random
from collections import defaultdict
from typing import Any

import pytest

from kcoder.mini.calls import compiled
from kcoder.mini.families import FAMILIES, Parts
from kcoder.mini.function import Apply, Choice, Function, Pair, Walk
from kcoder.mini.wording import LETTERS


def made(family: str, *parts: str) -> Function:
    return FAMILIES[family].make(parts, random.Random(1))


#: known to be one function, since first letters that are all the same have no order; all three stand in training
SAME = {"words": [{(finish, "initial", "starting") for finish in ("list", "sorted", "reversed")}]}


def inputs(family: str) -> list[tuple[Any, ...]]:
    """Numbers on both sides of every constant and words longer and shorter, in no order."""
    chance = random.Random(0)
    if family in ("pair", "choice"):
        return [tuple(chance.sample(range(-40, 41), 2 if family == "pair" else 1)) for _ in range(60)]
    if family == "numbers":
        return [(chance.sample(range(-40, 41), length),) for length in (1, 2, 20) for _ in range(60)]
    if family == "letters":
        return [("".join(chance.sample(LETTERS + "u", 18)),) for _ in range(20)]
    return [(["".join(chance.sample(LETTERS, chance.randint(1, 12))) for _ in range(40)],) for _ in range(20)]


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_no_two_compositions_are_one_function(family: str) -> None:
    given, owners = inputs(family), defaultdict(set)
    for parts in FAMILIES[family].compositions():
        # over several draws, since two compositions may meet at one constant: % 3 where divisible by 3
        runs = [compiled(FAMILIES[family].make(parts, random.Random(seed))) for seed in range(8)]
        owners[json.dumps([run(*arguments) for run in runs for arguments in given])].add(parts)
    assert len(owners) > 30
    assert [found for found in owners.values() if len(found) > 1] == SAME.get(family, [])


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_no_two_compositions_are_said_or_called_alike(family: str) -> None:
    compositions = list(FAMILIES[family].compositions())
    functions = [FAMILIES[family].make(parts, random.Random(1)) for parts in compositions]
    assert len({f.says for f in functions}) == len({f.name for f in functions}) == len(compositions) > 30


@pytest.mark.parametrize(
    ("family", "parts"),
    [
        ("choice", ("even", "square", "square")),
        ("numbers", ("list", "plain", "every")),
        ("numbers", ("sum", "absolute", "negative")),
        ("numbers", ("count", "square", "even")),
        ("words", ("joined", "length", "longer")),
        ("letters", ("backwards", "twice", "is")),
    ],
)
def test_what_says_nothing_new_or_cannot_be_is_no_composition(family: str, parts: Parts) -> None:
    assert parts not in set(FAMILIES[family].compositions())


def test_a_pair_works_on_two_names() -> None:
    assert made("pair", "difference", "square", "times") == Function(
        name="difference_square_times",
        says="Return the difference of the square of d and m * 9.",
        arguments=("d", "m"),
        takes="number",
        body=Pair("difference", Apply("square", ("d",)), Apply("times", ("m", 9))),
        constants=(9,),
    )


def test_a_choice_knows_the_constants_of_its_condition_and_of_both_branches() -> None:
    function = made("choice", "above", "minus", "times")
    assert isinstance(function.body, Choice)
    asked, then, otherwise = (
        use.operands[1] for use in (function.body.condition, function.body.then, function.body.otherwise)
    )
    assert function.constants == (asked, then, otherwise)
    assert function.says == f"Return d - {then} if d > {asked}, else d * {otherwise}."


def test_a_walk_says_what_it_leaves_out_and_how_it_changes_the_rest() -> None:
    function = made("numbers", "list", "times", "below")
    assert function.says == "Return a list of the numbers < 9 in nums, each * 7."
    assert function.body == Walk("numbers", "nums", "x", Apply("below", ("x", 9)), Apply("times", ("x", 7)), "list")
    assert function.constants == (7, 9)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("sum", "square", "even"), "sum_square_even"),
        (("sum", "plain", "even"), "sum_even"),
        (("sum", "square", "every"), "sum_square"),
    ],
)
def test_a_walk_is_not_called_after_what_it_does_not_do(parts: Parts, name: str) -> None:
    assert made("numbers", *parts).name == name


@pytest.mark.parametrize("finish", ["any", "all"])
def test_any_and_all_ask_every_item_and_leave_none_out(finish: str) -> None:
    function = made("numbers", finish, "plain", "above")
    assert function.says == f"Return whether {finish} of nums are numbers > 7."
    assert function.body == Walk("numbers", "nums", "x", None, Apply("above", ("x", 7)), finish)
