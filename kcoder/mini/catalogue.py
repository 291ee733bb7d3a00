"""Every skeleton there is, and on which side of the split it stands.

A skeleton is a composition without its constants and names. Skeletons held out for `test` and `dev` never
stand in training text: what is measured there is composing known parts anew.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from functools import cache

from kcoder.mini.families import FAMILIES
from kcoder.mini.function import Function

#: skeletons held out on each side; one problem is made of each, so that problems are independent
HELD_OUT = 100


@dataclass(frozen=True)
class Skeleton:
    family: str
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        return ".".join((self.family, *self.parts))

    def draw(self, chance: random.Random) -> Function:
        """A function of this skeleton, with drawn names and constants."""
        return FAMILIES[self.family].make(self.parts, chance)


@cache
def skeletons(side: str) -> tuple[Skeleton, ...]:
    """The skeletons of one side (`train`, `dev` or `test`), in the order of a salted hash of their names.

    The side depends on nothing but the names. A new composition may push others across: raise the revision of
    the source and of both benchmarks with it.
    """
    every = [Skeleton(family, parts) for family in FAMILIES for parts in FAMILIES[family].compositions()]
    every.sort(key=lambda skeleton: hashlib.sha256(f"kcoder mini {skeleton.name}".encode()).digest())
    sides = {
        "test": every[:HELD_OUT],
        "dev": every[HELD_OUT : 2 * HELD_OUT],
        "train": every[2 * HELD_OUT :],
    }
    return tuple(sides[side])
