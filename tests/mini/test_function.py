"""What the three shapes of body mean, whichever way they are written."""

from typing import Any

import pytest

from kcoder.mini.calls import compiled
from kcoder.mini.function import Apply, Choice, Function, Pair, Walk


def answer(body: Pair | Choice | Walk, **given: Any) -> Any:
    return compiled(Function("f", "Return it.", tuple(given), "number", body, ()))(**given)


def walk(items: str, where: Apply | None, each: Apply, finish: str) -> Walk:
    return Walk(items, "xs", "x", where, each, finish)


@pytest.mark.parametrize(("how", "expected"), [("sum", 9), ("difference", 5), ("larger", 7), ("smaller", 2)])
def test_a_pair_makes_one_value_of_left_and_right_in_that_order(how: str, expected: int) -> None:
    assert answer(Pair(how, Apply("plain", ("a",)), Apply("plain", ("b",))), a=7, b=2) == expected


def test_a_choice_returns_then_only_where_its_condition_holds() -> None:
    choice = Choice(Apply("above", ("n", 3)), Apply("square", ("n",)), Apply("negated", ("n",)))
    assert [answer(choice, n=n) for n in (2, 3, 4)] == [-2, -3, 16]


def test_a_walk_leaves_items_out_before_it_changes_them() -> None:
    assert answer(walk("numbers", Apply("above", ("x", 3)), Apply("minus", ("x", 5)), "list"), xs=[2, 4, 9]) == [-1, 4]


def test_a_walk_without_a_condition_takes_every_item() -> None:
    assert answer(walk("numbers", None, Apply("double", ("x",)), "list"), xs=[0, -1, 2]) == [0, -2, 4]


@pytest.mark.parametrize(
    ("finish", "expected"),
    [
        ("list", [6, 2, 4]),
        ("sorted", [2, 4, 6]),
        ("reversed", [4, 2, 6]),
        ("sum", 12),
        ("count", 3),
    ],
)
def test_a_walk_of_numbers_collects_what_changed(finish: str, expected: Any) -> None:
    assert answer(walk("numbers", None, Apply("double", ("x",)), finish), xs=[3, 1, 2]) == expected


@pytest.mark.parametrize(("finish", "expected"), [("any", [False, True, True]), ("all", [True, False, True])])
def test_of_no_items_not_any_and_yet_all_are_so(finish: str, expected: list[bool]) -> None:
    question = walk("numbers", None, Apply("even", ("x",)), finish)
    assert [answer(question, xs=xs) for xs in ([], [1, 2], [2, 4])] == expected


@pytest.mark.parametrize(("finish", "expected"), [("joined", "AABB"), ("backwards", "BBAA")])
def test_a_walk_of_letters_can_end_in_a_string(finish: str, expected: str) -> None:
    upper = walk("letters", Apply("isnt", ("x", "c")), Apply("upper", ("x",)), finish)
    assert answer(upper, xs="aacbb") == expected
