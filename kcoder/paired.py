"""Models compared on the same problems under the same settings; a refusal to rank where either is not so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kcoder.errors import UsageError
from kcoder.estimates import bootstrap, detectable, holm, mcnemar, pass_at

#: passes and samples of each problem
Passes = Mapping[str, Sequence[int]]


#: benchmark, language and temperature
Where = tuple[str, str, float | None]
#: settings and problems that are named in a refusal at most
NAMED = 8


@dataclass(frozen=True)
class Difference:
    """How many points one model scores above another on the same problems, with a 95 % interval."""

    points: float
    low: float
    high: float
    n: int

    @property
    def clear(self) -> bool:
        return not self.low <= 0.0 <= self.high


def paired(one: Passes, other: Passes, k: int = 1) -> Difference | None:
    """pass@k of `one` minus that of `other`, with the percentile interval of a bootstrap over problems.

    Both models keep their results on a problem that is drawn, so what makes it hard for both cancels out.
    None when the two were not asked the same problems, or fewer samples than k were drawn.
    """
    if not one or one.keys() != other.keys() or any(n < k for _, n in [*one.values(), *other.values()]):
        return None
    gains = [100.0 * (pass_at(k, *one[p]) - pass_at(k, *other[p])) for p in sorted(one)]
    low, high = bootstrap(gains, -100.0, 100.0)
    # rounded, since the last bits of a mean differ between machines; + 0.0 turns −0.0 into 0.0
    mean, low, high = (round(x, 6) + 0.0 for x in (math.fsum(gains) / len(gains), low, high))
    return Difference(mean, low, high, len(gains))


@dataclass(frozen=True)
class Held:
    """What one step found of one model, and all that was asked of it but the model and the seed, by name."""

    passes: Passes
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """A model with what it did on each benchmark, in each language."""

    name: str
    held: Mapping[Where, Held]


@dataclass(frozen=True)
class Compared:
    """One model against the first, on the same problems. `chance` is McNemar's, after Holm's correction where several
    models are compared; None where problems have several samples."""

    where: Where
    name: str
    against: str
    difference: Difference
    only_one: tuple[str, ...]
    only_other: tuple[str, ...]
    detectable: float
    chance: float | None = None


def compared(sides: Sequence[Side], k: int = 1) -> list[Compared]:
    """Every model but the first against the first, wherever both were evaluated.

    Raises UsageError where settings or problems differ, or nothing is shared: then a difference would not be one of
    the models.
    """
    first, others = sides[0], sides[1:]
    found: list[Compared] = []
    for where in first.held:
        same = [_against(other, first, where, k) for other in others if where in other.held]
        if same:
            found += _corrected(same)
    if not found:
        raise UsageError(
            f"{first.name} and {others[0].name} cannot be compared: {_nothing(first, others[0])}",
            "compare what was asked the same; a file of outcomes, which tells no settings, goes with another file",
        )
    return found


def _against(one: Side, other: Side, where: Where, k: int) -> Compared:
    mine, theirs = one.held[where], other.held[where]
    place = f"{where[0]} in {where[1]}"
    if differ := list(_differ(mine.settings, theirs.settings)):
        raise UsageError(
            f"{one.name} and {other.name} cannot be ranked on {place}: {_some(differ)}",
            "evaluate both under the same settings; then a difference is one of the models",
        )
    if alone := sorted(mine.passes.keys() ^ theirs.passes.keys()):
        raise UsageError(
            f"{one.name} and {other.name} were not asked the same problems of {place}: {_some(alone)}",
            "evaluate both on the same problems",
        )
    found = paired(mine.passes, theirs.passes, k)
    if found is None:
        raise UsageError(
            f"pass@{k} on {place} needs {k} samples of every problem: {_some(_few(k, mine, theirs))} have fewer",
            "evaluate with more samples, or a smaller --k",
        )
    rates = {name: (pass_at(k, *mine.passes[name]), pass_at(k, *theirs.passes[name])) for name in sorted(mine.passes)}
    above = tuple(name for name, (a, b) in rates.items() if a > b)
    below = tuple(name for name, (a, b) in rates.items() if a < b)
    least = 100 * detectable([a - b for a, b in rates.values()])
    once = all(n == 1 for _, n in [*mine.passes.values(), *theirs.passes.values()])
    chance = mcnemar(len(above), len(below)) if once else None
    return Compared(where, one.name, other.name, found, above, below, least, chance)


def _corrected(found: Sequence[Compared]) -> Iterator[Compared]:
    chances = [each.chance for each in found if each.chance is not None]
    if len(chances) < 2 or len(chances) < len(found):
        return iter(found)
    return (replace(each, chance=p) for each, p in zip(found, holm(chances), strict=True))


def _few(k: int, *sides: Held) -> list[str]:
    return sorted({name for side in sides for name, (_, n) in side.passes.items() if n < k})


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            yield f"{name} is {one.get(name, 'not said')} against {other.get(name, 'not said')}"


def _nothing(one: Side, other: Side) -> str:
    def places(side: Side) -> str:
        return ", ".join(f"{b} in {lang}{'' if t is None else f' at {t:g}'}" for b, lang, t in side.held) or "nothing"

    return f"{one.name} was evaluated on {places(one)}, {other.name} on {places(other)}"


def _some(told: Sequence[str]) -> str:
    return "; ".join(told[:NAMED]) + (f"; and {len(told) - NAMED} more" if len(told) > NAMED else "")
