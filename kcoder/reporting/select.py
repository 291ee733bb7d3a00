"""Which settings are shown for a method: chosen on development problems, never on the problems reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product


@dataclass(frozen=True)
class Candidate:
    """One variant's scores on the development problems, as shares of one."""

    name: str
    method: str
    target: float
    #: the other languages, each variant's in the same order
    kept: tuple[float, ...] = ()


@dataclass(frozen=True)
class Pair:
    """Two methods, and the settings at which they may be compared.

    Without `settings` there are none: `nearest` then holds the two that come nearest. `gap` is in points.
    """

    methods: tuple[str, str]
    settings: tuple[str, str] | None
    nearest: tuple[str, str]
    gap: float


def best(candidates: Iterable[Candidate]) -> Candidate:
    """The one that learned most; of equals, the first by name."""
    return min(candidates, key=lambda c: (-c.target, c.name))


def pairs(candidates: Sequence[Candidate], within: float) -> list[Pair]:
    """Every two methods in order of appearance, each at the pair of settings that makes them comparable.

    Comparable is a pair whose kept languages differ by at most `within` points each. Of such pairs the one
    with the highest mean score in the target language is taken; of equals, the first by name.
    """
    methods: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        methods.setdefault(candidate.method, []).append(candidate)
    return [_pair(one, other, methods, within) for one, other in combinations(methods, 2)]


def _pair(one: str, other: str, methods: Mapping[str, list[Candidate]], within: float) -> Pair:
    both = list(product(methods[one], methods[other]))
    nearest = min(both, key=lambda p: (gap(*p), p[0].name, p[1].name))
    fitting = [p for p in both if gap(*p) <= within]
    if not fitting:
        return Pair((one, other), None, (nearest[0].name, nearest[1].name), gap(*nearest))
    a, b = min(fitting, key=lambda p: (-(p[0].target + p[1].target), p[0].name, p[1].name))
    return Pair((one, other), (a.name, b.name), (nearest[0].name, nearest[1].name), gap(a, b))


def gap(a: Candidate, b: Candidate) -> float:
    """The largest difference in a kept language, in points."""
    # rounded: 33/60 − 30/60 is 5.000000000000004 points
    return max((round(100 * abs(x - y), 6) for x, y in zip(a.kept, b.kept, strict=True)), default=0.0)
