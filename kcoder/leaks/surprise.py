"""How little the other problems of a benchmark foretell of one: what is worth noticing when a row repeats it.

A trigram model of each benchmark in one language, with the problem itself left out, interpolated after Witten and Bell
(IEEE Trans. Information Theory 37, 1991). Problems that vary one theme foretell each other; what a row shares with
all of them proves nothing about one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kcoder.leaks.grams import distances
from kcoder.leaks.tokens import Tokens

#: tokens before one that foretell it
ORDER = 2
#: an identifier that stood so many tokens ago counts as new
REACH = 8
#: tokens a benchmark might have held besides those it holds
UNSEEN = 50

History = tuple[Hashable, ...]


@dataclass
class _Counts:
    """How often tokens follow histories, for one benchmark or one problem of it."""

    follows: Counter[tuple[History, Hashable]] = field(default_factory=Counter)
    stands: Counter[History] = field(default_factory=Counter)
    kinds: Counter[History] = field(default_factory=Counter)

    def add(self, history: History, token: Hashable) -> None:
        self.kinds[history] += (history, token) not in self.follows
        self.follows[history, token] += 1
        self.stands[history] += 1


def bits(problems: Tokens, sets: Sequence[str]) -> npt.NDArray[np.float64]:
    """The surprise of each token in bits. Each passage is a problem's; `sets` names its benchmark and language."""
    far = distances(problems, REACH).tolist()
    value = problems.value.tolist()
    bounds = problems.bounds.tolist()
    # as it is foretold, an identifier is its distance; as history, any identifier is like any other
    told: list[Hashable] = [v if v else ("name", back) for v, back in zip(value, far, strict=True)]
    found = np.zeros(len(told))
    for each in dict.fromkeys(sets):
        members = [range(bounds[n], bounds[n + 1]) for n, name in enumerate(sets) if name == each]
        whole = _count(members, value, told)
        unknown = 1 / (len({told[at] for span in members for at in span}) + UNSEEN)
        for span in members:
            own = _count([span], value, told)
            for at in span:
                found[at] = -np.log2(_likelihood(whole, own, value, told[at], at, span.start, unknown))
    return found


def _count(spans: Sequence[range], value: list[int], told: list[Hashable]) -> _Counts:
    counts = _Counts()
    for span in spans:
        for at in span:
            for history in _histories(value, at, span.start):
                counts.add(history, told[at])
    return counts


def _histories(value: list[int], at: int, start: int) -> list[History]:
    """What stands before a token, from nothing to ORDER tokens."""
    return [
        tuple(value[max(start, at - back) : at]) + (("start",) if at - back < start else ())
        for back in range(ORDER + 1)
    ]


def _likelihood(
    whole: _Counts, own: _Counts, value: list[int], token: Hashable, at: int, start: int, unknown: float
) -> float:
    likely = unknown
    for history in _histories(value, at, start):
        stands = whole.stands[history] - own.stands[history]
        if stands <= 0:
            break
        follows = whole.follows[history, token] - own.follows[history, token]
        # kinds of the problem itself are not taken off: a few too many only smooth more
        kinds = min(whole.kinds[history], stands)
        likely = (follows + kinds * likely) / (stands + kinds)
    return likely
