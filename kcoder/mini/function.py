"""What a made function does, in no programming language: named operations in one of three shapes of body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Apply(NamedTuple):
    """An operation on names and constants: Apply("plus", ("x", 3)). Each writer knows how to say `plus`.

    A letter stands as itself; a writer's table puts the quotes around it.
    """

    operation: str
    operands: tuple[str | int, ...]


@dataclass(frozen=True)
class Pair:
    """Two values made one: the `how` (sum, difference, larger, smaller) of `left` and `right`."""

    how: str
    left: Apply
    right: Apply


@dataclass(frozen=True)
class Choice:
    """`then` where the condition holds, else `otherwise`."""

    condition: Apply
    then: Apply
    otherwise: Apply


@dataclass(frozen=True)
class Walk:
    """Goes through the items of an argument, leaves out those `where` fails for, changes each, and collects.

    `items` are numbers, words or letters; `finish` is list, sorted, reversed, sum, count, any, all, joined or
    backwards.
    """

    items: str
    over: str
    item: str
    where: Apply | None
    each: Apply
    finish: str


@dataclass(frozen=True)
class Function:
    """A function that every writer can write.

    `takes` is what each argument holds: number, numbers, words or letters. `constants` are what the body
    compares and computes with, so that test calls can come near them.
    """

    name: str
    says: str
    arguments: tuple[str, ...]
    takes: str
    body: Pair | Choice | Walk
    constants: tuple[str | int, ...]
