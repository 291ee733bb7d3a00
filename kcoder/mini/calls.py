"""Calls of a made function with what they return, by running its Python."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from kcoder.mini.function import Function
from kcoder.mini.wording import LETTERS
from kcoder.mini.writers import WRITERS

#: of 12,000 training bodies, 109 passed a held-out problem of ten calls, and none of twenty
CALLS = 20
#: draws before giving up on a function that hardly ever returns anything new
TRIES = 400

Calls = tuple[tuple[tuple[Any, ...], Any], ...]


def calls(function: Function, chance: random.Random) -> Calls | None:
    """Twenty calls, the empty or zero one first, with results as JSON values.

    No result stands there more than three times; of true and false there are ten each. None where that cannot
    be had.
    """
    run = compiled(function)
    seen: Counter[str] = Counter()
    made: list[tuple[tuple[Any, ...], Any]] = []
    for turn in range(TRIES):
        arguments = tuple(argument(function, chance, empty=turn == 0) for _ in function.arguments)
        result = run(*arguments)
        shown = json.dumps(result)
        if seen[shown] >= (CALLS // 2 if isinstance(result, bool) else 3) or (arguments, result) in made:
            continue
        seen[shown] += 1
        made.append((arguments, result))
        if len(made) == CALLS:
            return tuple(made)
    return None


def compiled(function: Function) -> Callable[..., Any]:
    """The function itself. The text is our own, so it runs in this process."""
    python = WRITERS["python"]
    names: dict[str, Any] = {}
    exec(python.prompt(function) + python.body(function), names)
    found: Callable[..., Any] = names[function.name]
    return found


def argument(function: Function, chance: random.Random, empty: bool) -> Any:
    """A value of the kind the function takes, near its constants often enough to tell > from >=."""
    if function.takes == "number":
        return 0 if empty else number(function, chance)
    if function.takes == "numbers":
        return [] if empty else [number(function, chance) for _ in range(chance.randint(1, 12))]
    if function.takes == "letters":
        return "" if empty else word(function, chance, 9)
    return [] if empty else [word(function, chance, chance.randint(0, 9)) for _ in range(chance.randint(1, 9))]


def number(function: Function, chance: random.Random) -> int:
    constants = [constant for constant in function.constants if isinstance(constant, int)]
    if constants and chance.random() < 0.2:
        constant = chance.choice(constants)
        return chance.choice((constant - 1, constant, constant + 1, constant * 2, -constant))
    return chance.randint(-9, 12)


def word(function: Function, chance: random.Random, length: int) -> str:
    constants = [constant for constant in function.constants if isinstance(constant, str)]
    letters = [*LETTERS, *"aeiou", *constants * 8]
    return "".join(chance.choice(letters) for _ in range(length))
