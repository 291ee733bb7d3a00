"""Made functions in Lua, read and run."""

import importlib
import random
from typing import Any

import pytest

from kcoder.mini.calls import CALLS, argument, compiled
from kcoder.mini.catalogue import Skeleton, skeletons
from kcoder.mini.lua import Lua
from kcoder.mini.problems import problems


def written(family: str, *parts: str) -> str:
    function = Skeleton(family, parts).draw(random.Random(1))
    return Lua().prompt(function) + Lua().body(function)


def results(version: str, program: str, name: str, given: list[tuple[Any, ...]]) -> list[Any]:
    """What the function of a Lua program returns for each tuple of arguments, as Python values."""
    pytest.importorskip("lupa", reason="Lua is run through lupa")
    try:
        module = importlib.import_module(f"lupa.{version}")
    except ImportError:
        pytest.skip(f"this lupa comes without {version}")
    lua = module.LuaRuntime()
    lua.execute(program)
    found = []
    for arguments in given:
        values = [lua.table_from(value) if isinstance(value, list) else value for value in arguments]
        result = lua.globals()[name](*values)
        found.append(list(result.values()) if module.lua_type(result) == "table" else result)
    return found


def test_a_walk_is_a_loop() -> None:
    assert written("numbers", "sum", "square", "even") == (
        "-- Return the sum of the even numbers in nums, each squared.\n"
        "function sum_square_even(nums)\n"
        "  local r = 0\n"
        "  for _, x in ipairs(nums) do if x % 2 == 0 then r = r + x * x end end\n"
        "  return r\n"
        "end\n"
    )


def test_a_sorted_walk_sorts_after_its_loop() -> None:
    assert written("words", "sorted", "upper", "every").endswith(
        "  for _, w in ipairs(texts) do table.insert(r, w:upper()) end\n  table.sort(r)\n  return r\nend\n"
    )


def test_a_choice_is_a_statement() -> None:
    assert written("choice", "even", "square", "negated").endswith(
        "function even_square_negated(d)\n  if d % 2 == 0 then return d * d else return -d end\nend\n"
    )


@pytest.mark.parametrize("version", ["lua51", "lua54"])
def test_every_skeleton_returns_in_lua_what_it_returns_in_python(version: str) -> None:
    chance = random.Random(0)
    every = [skeleton for side in ("train", "dev", "test") for skeleton in skeletons(side)]
    assert len(every) > 300
    for skeleton in every:
        function = skeleton.draw(chance)
        given = [
            tuple(argument(function, chance, empty=turn == 0) for _ in function.arguments) for turn in range(CALLS)
        ]
        expected = [compiled(function)(*arguments) for arguments in given]
        program = Lua().prompt(function) + Lua().body(function)
        found = results(version, program, function.name, given)
        assert [(type(value), value) for value in found] == [(type(value), value) for value in expected], program


@pytest.mark.parametrize("side", ["test", "dev"])
def test_every_reference_solution_passes(side: str) -> None:
    for problem in problems(side, "lua"):
        found = results("lua54", problem.prompt + problem.solution, problem.entry, [a for a, _ in problem.tests])
        assert [(type(value), value) for value in found] == [(type(e), e) for _, e in problem.tests], problem.id
