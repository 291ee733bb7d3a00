"""The families of functions: which compositions each has, and how one becomes a function.

A composition is left out where it says the same as another (the absolute values of positive numbers), so that
no two compositions are one function.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from kcoder.mini.function import Apply, Choice, Function, Pair, Walk
from kcoder.mini.wording import COLLECT, EACH, OF, WHICH, say, use

Parts = tuple[str, ...]


class Family(Protocol):
    def compositions(self) -> Iterator[Parts]:
        """Every composition, in a stable order."""

    def make(self, parts: Parts, chance: random.Random) -> Function:
        """A function of this composition, with drawn names and constants."""


class Pairs:
    """Of two numbers: `sum.square.double` is a * a + b * 2."""

    names = ("a", "b", "d", "k", "m", "n", "p", "q")
    hows = ("sum", "difference", "larger", "smaller")
    changes = ("plain", "square", "double", "times", "modulo", "absolute")

    def compositions(self) -> Iterator[Parts]:
        return product(self.hows, self.changes, self.changes)

    def make(self, parts: Parts, chance: random.Random) -> Function:
        first, second = chance.sample(self.names, 2)
        left, right = use(parts[1], first, chance), use(parts[2], second, chance)
        says = f"the {parts[0]} of {say(OF, left)} and {say(OF, right)}"
        return function(parts, says, (first, second), "number", Pair(parts[0], left, right), left, right)


class Choices:
    """One of two changes of a number: `even.square.negated` is n * n if n % 2 == 0 else -n.

    No `odd`, `below` or `negative`: with branches swapped they would be `even`, `above` or `positive` again.
    """

    names = ("a", "b", "d", "k", "m", "n", "p", "q")
    conditions = ("even", "positive", "above", "divisible")
    changes = ("plain", "square", "double", "plus", "minus", "times", "negated")

    def compositions(self) -> Iterator[Parts]:
        return (p for p in product(self.conditions, self.changes, self.changes) if p[1] != p[2])

    def make(self, parts: Parts, chance: random.Random) -> Function:
        name = chance.choice(self.names)
        condition, then, otherwise = (use(operation, name, chance) for operation in parts)
        says = f"{say(OF, then)} if {say(OF, condition)}, else {say(OF, otherwise)}"
        body = Choice(condition, then, otherwise)
        return function(parts, says, (name,), "number", body, condition, then, otherwise)


@dataclass(frozen=True)
class Walks:
    """Of the items of a list or a word: `sum.square.even` is the sum of x * x for the even x.

    `asks` are finishes that look at the items and change none. `same` are parts that do not go together.
    """

    names: Parts
    takes: str
    item: str
    finishes: Parts
    asks: Parts
    changes: Parts
    wheres: Parts
    same: tuple[frozenset[str], ...] = ()

    def compositions(self) -> Iterator[Parts]:
        for parts in product(self.finishes, self.changes, self.wheres):
            if parts[1:] != ("plain", "every") and not any(pair <= set(parts) for pair in self.same):
                yield parts
        for finish, where in product(self.asks, self.wheres):
            if where != "every":
                yield finish, "plain", where

    def make(self, parts: Parts, chance: random.Random) -> Function:
        finish, change, where = parts
        over = chance.choice(self.names)
        each = use(change, self.item, chance)
        test = None if where == "every" else use(where, self.item, chance)
        which = say(WHICH, test) if test else self.takes
        says = COLLECT[finish].format(which=which, over=over, each=say(EACH, each))
        short = tuple(part for part in parts if part not in ("plain", "every"))
        if finish in ("any", "all") and test:
            body = Walk(self.takes, over, self.item, None, test, finish)
        else:
            body = Walk(self.takes, over, self.item, test, each, finish)
        return function(short, says, (over,), self.takes, body, *filter(None, (each, test)))


def function(
    parts: Parts,
    says: str,
    arguments: tuple[str, ...],
    takes: str,
    body: Pair | Choice | Walk,
    *uses: Apply,
) -> Function:
    """Everything about a function that follows from its body is worked out here."""
    constants = tuple(constant for use in uses for constant in use.operands[1:])
    return Function("_".join(parts), f"Return {says}.", arguments, takes, body, constants)


FAMILIES: Mapping[str, Family] = {
    "pair": Pairs(),
    "choice": Choices(),
    "numbers": Walks(
        names=("xs", "ys", "nums", "values", "data", "items", "ints", "scores", "row", "series"),
        takes="numbers",
        item="x",
        finishes=("list", "sorted", "reversed", "sum"),
        asks=("count", "any", "all"),
        changes=("plain", "square", "double", "plus", "minus", "times", "modulo", "absolute", "negated"),
        wheres=("every", "even", "odd", "positive", "negative", "above", "below", "divisible", "other"),
        same=tuple(frozenset({"absolute", where}) for where in ("positive", "negative", "above")),
    ),
    "words": Walks(
        names=("words", "names", "texts", "keys", "labels", "lines", "titles", "tags"),
        takes="words",
        item="w",
        finishes=("list", "sorted", "reversed", "joined"),
        asks=("count",),
        changes=("plain", "upper", "mirrored", "length", "initial"),
        wheres=("every", "longer", "shorter", "starting", "ending", "containing"),
        # numbers cannot be joined
        same=(frozenset({"joined", "length"}),),
    ),
    "letters": Walks(
        names=("s", "text", "word", "name", "line", "key", "label", "title"),
        takes="letters",
        item="c",
        finishes=("list", "joined", "backwards"),
        asks=("count",),
        changes=("plain", "upper", "twice"),
        wheres=("vowel", "consonant", "is", "isnt"),
        # equal letters are the same backwards
        same=(frozenset({"backwards", "is"}),),
    ),
}
