"""What functions look like, and that every reference solution passes in every language."""

import random
from typing import Any

import pytest

from kcoder.errors import UsageError
from kcoder.mini.catalogue import Skeleton
from kcoder.mini.problems import problems
from kcoder.mini.writers import WRITERS, writer

PROBLEMS = [(side, language) for side in ("test", "dev") for language in WRITERS]


def written(language: str, family: str, *parts: str) -> str:
    function = Skeleton(family, parts).draw(random.Random(1))
    return WRITERS[language].prompt(function) + WRITERS[language].body(function)


def test_a_walk_is_a_comprehension_in_python_and_a_loop_in_lua() -> None:
    assert written("python", "numbers", "sum", "square", "even") == (
        "def sum_square_even(nums):\n"
        '    """Return the sum of the even numbers in nums, each squared."""\n'
        "    return sum(x * x for x in nums if x % 2 == 0)\n"
    )
    assert written("lua", "numbers", "sum", "square", "even") == (
        "-- Return the sum of the even numbers in nums, each squared.\n"
        "function sum_square_even(nums)\n"
        "  local r = 0\n"
        "  for _, x in ipairs(nums) do if x % 2 == 0 then r = r + x * x end end\n"
        "  return r\n"
        "end\n"
    )


def test_a_choice_is_an_expression_in_python_and_a_statement_in_lua() -> None:
    assert written("python", "choice", "even", "square", "negated") == (
        "def even_square_negated(d):\n"
        '    """Return the square of d if d is even, else the negative of d."""\n'
        "    return d * d if d % 2 == 0 else -d\n"
    )
    assert written("lua", "choice", "even", "square", "negated").endswith(
        "function even_square_negated(d)\n  if d % 2 == 0 then return d * d else return -d end\nend\n"
    )


def test_every_language_writes_the_same_operations() -> None:
    assert len({frozenset(writer.operations) for writer in WRITERS.values()}) == 1


def test_a_language_mini_cannot_write_is_refused_with_those_it_can() -> None:
    with pytest.raises(UsageError, match="no functions in cobol; it has python and lua"):
        writer("cobol")


@pytest.mark.parametrize("side", ["test", "dev"])
def test_every_reference_solution_passes_in_python(side: str) -> None:
    for problem in problems(side, "python"):
        names: dict[str, Any] = {}
        exec(problem.prompt + problem.solution, names)
        for arguments, expected in problem.tests:
            found = names[problem.entry](*arguments)
            assert (type(found), found) == (type(expected), expected), problem.id


@pytest.mark.parametrize("side", ["test", "dev"])
def test_every_reference_solution_passes_in_lua(side: str) -> None:
    lupa = pytest.importorskip("lupa", reason="Lua solutions are run through lupa")
    for problem in problems(side, "lua"):
        lua = lupa.LuaRuntime()
        lua.execute(problem.prompt + problem.solution)
        for arguments, expected in problem.tests:
            given = [lua.table_from(value) if isinstance(value, list) else value for value in arguments]
            found = lua.globals()[problem.entry](*given)
            found = list(found.values()) if lupa.lua_type(found) == "table" else found
            assert (type(found), found) == (type(expected), expected), problem.id
