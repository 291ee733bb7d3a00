"""What is said says everything, and no two things alike."""

import random

import pytest

from kcoder.mini.function import Apply
from kcoder.mini.wording import EACH, LETTERS, NUMBERS, OF, WHICH, WITH_LETTER, WITH_NUMBER, say, use
from kcoder.mini.writers import WRITERS

TABLES = {"of": OF, "each": EACH, "which": WHICH}


@pytest.mark.parametrize("table", TABLES)
def test_a_constant_is_said_wherever_an_operation_takes_one(table: str) -> None:
    told = {operation for operation, text in TABLES[table].items() if "{1}" in text}
    assert told == TABLES[table].keys() & (WITH_NUMBER | WITH_LETTER)
    assert told


@pytest.mark.parametrize("table", TABLES)
def test_no_two_operations_are_said_alike(table: str) -> None:
    assert len(set(TABLES[table].values())) == len(TABLES[table])


def test_every_operation_that_can_be_written_can_be_said() -> None:
    assert OF.keys() | EACH.keys() | WHICH.keys() == set(WRITERS["python"].operations)


@pytest.mark.parametrize(
    ("operation", "constants"), [("above", set(NUMBERS)), ("containing", set(LETTERS)), ("square", set())]
)
def test_an_operation_gets_a_number_or_a_letter_or_nothing_with_its_name(
    operation: str, constants: set[int | str]
) -> None:
    chance = random.Random(0)
    drawn = [use(operation, "x", chance).operands for _ in range(400)]
    assert {operands[0] for operands in drawn} == {"x"}
    assert {constant for operands in drawn for constant in operands[1:]} == constants


def test_constants_make_no_operation_another() -> None:
    # divisible by 2 is even, times 2 is double, times 1 and plus 0 are plain
    assert min(NUMBERS) > 2


@pytest.mark.parametrize(
    ("apply", "of", "each"),
    [
        (Apply("plain", ("a",)), "a", ""),
        (Apply("square", ("a",)), "the square of a", ", each squared"),
        (Apply("minus", ("a", 3)), "a - 3", ", each - 3"),
    ],
)
def test_a_value_is_named_alone_and_not_among_items(apply: Apply, of: str, each: str) -> None:
    assert (say(OF, apply), say(EACH, apply)) == (of, each)
