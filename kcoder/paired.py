"""Models compared on the same problems under the same settings; a refusal to rank where either is not so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from kcoder.errors import UsageError
from kcoder.estimates import bootstrap, detectable, holm, mcnemar, pass_at

#: passes and samples of each problem
Passes = Mapping[str, Sequence[int]]


#: benchmark, language and temperature
Where = tuple[str, str, float | None]
#: settings and problems that are named in a refusal at most
NAMED = 8
#: chance up to which a difference is called clear
LIKELY = 0.05
#: levels of isolation that keep in less than namespaces
WEAKER = ("landlock", "none")
#: what may differ between two models that are ranked: by name, and by path where a model is named by it
FREE = frozenset({"seed", "revision"})
MODEL = frozenset({"complete.generator.model", "complete.generator.url"})


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
    """What one step found of one model, and all that was asked of it but the model and the seed, by name.

    `score` is the row of Score that was made of it, where there is one.
    """

    passes: Passes
    settings: Mapping[str, Any] = field(default_factory=dict)
    score: Mapping[str, Any] = field(default_factory=dict)


def settings(executed: Mapping[str, Any], completed: Mapping[str, Any]) -> dict[str, Any]:
    """All that was asked of the steps that ran and that completed, by its path, without what names the model, what is
    free to differ, and what comes from other steps."""
    told = dict(_flat("execute", executed)) | dict(_flat("complete", completed))
    return {name: value for name, value in told.items() if name not in MODEL}


def _flat(at: str, asked: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(asked, Mapping):
        if set(asked) == {"key", "output"}:
            return
        for name, value in asked.items():
            if name not in FREE:
                yield from _flat(f"{at}.{name}", value)
    else:
        yield at, asked


def differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Each setting that two models were evaluated under unlike, in words."""
    return [
        f"{name} is {one.get(name, 'not said')} against {other.get(name, 'not said')}"
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]


@dataclass(frozen=True)
class Side:
    """A model with what it did on each benchmark, in each language."""

    name: str
    held: Mapping[Where, Held]


@dataclass(frozen=True)
class Compared:
    """One model against another, on the same problems. `chance` is McNemar's, after Holm's correction where several
    comparisons are made; None where problems have several samples. `scores` are the rows of Score of both."""

    where: Where
    name: str
    against: str
    difference: Difference
    only_one: tuple[str, ...]
    only_other: tuple[str, ...]
    detectable: float
    chance: float | None = None
    scores: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out, and the chance, where there is one, is at most 5 % after correction."""
        return self.difference.clear and (self.chance is None or self.chance <= LIKELY)

    def isolation(self) -> str:
        """What to know of how the programs of both were kept in; empty where both were kept in best."""
        one, other = (str(score.get("isolation") or "") for score in self.scores)
        if one != other:
            names = (
                f"{self.name} under {one or 'no level it tells'}, {self.against} under {other or 'no level it tells'}"
            )
            return f"judged were {names}: what a program may do differs, so that its verdict may"
        if set(one.split(", ")) & set(WEAKER):
            return f"{self.name} and {self.against} were judged under {one}, which keeps in less than namespaces"
        return ""


@dataclass(frozen=True)
class Unranked:
    """Two models between which a difference would not be one of the models: why, and what would make it so."""

    where: Where
    name: str
    against: str
    why: str
    hint: str


def p_value(chance: float) -> str:
    """`p = 0.031`; what three digits cannot show is `p < 0.001`."""
    return "p < 0.001" if chance < 0.001 else f"p = {chance:.3f}"


def compared(sides: Sequence[Side], k: int = 1) -> list[Compared]:
    """Every model but the first against the first, wherever both were evaluated.

    Raises UsageError where settings or problems differ, or nothing is shared: then a difference would not be one of
    the models.
    """
    first, others = sides[0], sides[1:]
    found: list[Compared] = []
    for where in first.held:
        found += _corrected([_ranked(other, first, where, k) for other in others if where in other.held])
    if not found:
        raise UsageError(
            f"{first.name} and {others[0].name} cannot be compared: {_nothing(first, others[0])}",
            "compare what was asked the same; a file of outcomes, which tells no settings, goes with another file",
        )
    return found


def pairwise(sides: Sequence[Side], where: Where, k: int = 1) -> list[Compared | Unranked]:
    """Each two models that were evaluated there, the later against the earlier; one Holm correction over all of them
    that can be ranked."""
    pairs = combinations([side for side in sides if where in side.held], 2)
    found = [_against(other, one, where, k) for one, other in pairs]
    ranked = iter(_corrected([each for each in found if isinstance(each, Compared)]))
    return [next(ranked) if isinstance(each, Compared) else each for each in found]


def _ranked(one: Side, other: Side, where: Where, k: int) -> Compared:
    found = _against(one, other, where, k)
    if isinstance(found, Unranked):
        raise UsageError(found.why, found.hint)
    return found


def _against(one: Side, other: Side, where: Where, k: int) -> Compared | Unranked:
    mine, theirs = one.held[where], other.held[where]
    unlike, found = _unlike(one, other, where), paired(mine.passes, theirs.passes, k)
    if unlike or found is None:
        return Unranked(where, one.name, other.name, *(unlike or _few(k, where, mine, theirs)))
    rates = {name: (pass_at(k, *mine.passes[name]), pass_at(k, *theirs.passes[name])) for name in sorted(mine.passes)}
    above = tuple(name for name, (a, b) in rates.items() if a > b)
    below = tuple(name for name, (a, b) in rates.items() if a < b)
    least = 100 * detectable([a - b for a, b in rates.values()])
    once = all(n == 1 for _, n in [*mine.passes.values(), *theirs.passes.values()])
    chance = mcnemar(len(above), len(below)) if once else None
    scores = mine.score, theirs.score
    return Compared(where, one.name, other.name, found, above, below, least, chance, scores)


def _corrected(found: Sequence[Compared]) -> Iterator[Compared]:
    chances = [each.chance for each in found if each.chance is not None]
    if len(chances) < 2 or len(chances) < len(found):
        return iter(found)
    return (replace(each, chance=p) for each, p in zip(found, holm(chances), strict=True))


def _unlike(one: Side, other: Side, where: Where) -> tuple[str, str] | None:
    """The settings or problems in which two models' evaluations differ, and what to do."""
    mine, theirs = one.held[where], other.held[where]
    names, place = f"{one.name} and {other.name}", f"{where[0]} in {where[1]}"
    if settings := differ(mine.settings, theirs.settings):
        hint = "evaluate both under the same settings; then a difference is one of the models"
        return f"{names} cannot be ranked on {place}: {_some(settings)}", hint
    if alone := sorted(mine.passes.keys() ^ theirs.passes.keys()):
        return (
            f"{names} were not asked the same problems of {place}: {_some(alone)}",
            "evaluate both on the same problems",
        )
    return None


def _few(k: int, where: Where, *sides: Held) -> tuple[str, str]:
    few = sorted({name for side in sides for name, (_, n) in side.passes.items() if n < k})
    why = f"pass@{k} on {where[0]} in {where[1]} needs {k} samples of every problem: {_some(few)} have fewer"
    return why, "evaluate with more samples, or a smaller --k"


def _nothing(one: Side, other: Side) -> str:
    def places(side: Side) -> str:
        return ", ".join(f"{b} in {lang}{'' if t is None else f' at {t:g}'}" for b, lang, t in side.held) or "nothing"

    return f"{one.name} was evaluated on {places(one)}, {other.name} on {places(other)}"


def _some(told: Sequence[str]) -> str:
    return "; ".join(told[:NAMED]) + (f"; and {len(told) - NAMED} more" if len(told) > NAMED else "")
