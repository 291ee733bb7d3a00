"""Numbers as people read them, each with its count and its interval, and the difference of two models.

Shares are shares of one; points are hundredths of a share.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kcoder.estimates import bootstrap, pass_at

#: passes and samples of each problem
Passes = Mapping[str, Sequence[int]]


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


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def scored(score: Mapping[str, Any]) -> str:
    """A row of Score: `23/158 = 14.6 % [9.9, 20.9]`; without whole passes `14.6 % [9.9, 20.9], n = 158`; in a unit of
    its own `3.130 [3.022, 3.241], n = 158`.

    Without a value, the reason why there is none.
    """
    if score["value"] is None:
        return str(score.get("interval") or "not defined")
    if score.get("unit"):
        return f"{measured(score)}, n = {score['n']}"
    k, n = score.get("k"), score.get("n")
    text = percent(score["value"])
    if score.get("low") is not None and score.get("high") is not None:
        text += f" [{100 * score['low']:.1f}, {100 * score['high']:.1f}]"
    if k is not None and n:
        return f"{k}/{n} = {text}"
    return f"{text}, n = {n}" if n else text


def measured(score: Mapping[str, Any]) -> str:
    """A row of Score in a unit of its own: `3.130 [3.022, 3.241]`."""
    low, high = score.get("low"), score.get("high")
    return f"{score['value']:.3f}" + ("" if low is None or high is None else f" [{low:.3f}, {high:.3f}]")


def points(value: float) -> str:
    """Points with a sign: `+12.0`, `−4.3`, `0.0`."""
    text = f"{value:+.1f}".replace("-", "−")
    return "0.0" if text in ("+0.0", "−0.0") else text


def interval(difference: Mapping[str, Any]) -> str:
    return f"[{points(difference['low'])}, {points(difference['high'])}]"


def changed(difference: Mapping[str, Any]) -> str:
    """A difference as a table shows it: `+12.0 [+3.1, +20.4]`, with what an interval around 0 means."""
    text = f"{points(difference['points'])} {interval(difference)}"
    return text if difference["clear"] else f"{text} no clear difference"


def amount(value: float) -> str:
    """A large count in three digits: 563,856 is `564 k`, 0.97e6 is `970 k`, 1.2e7 is `12.0 M`."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            share = value / size
            return f"{share:.0f} {unit}" if share >= 100 else f"{share:.1f} {unit}"
    return f"{value:g}"


def lasted(seconds: float) -> str:
    """A time in its natural unit: `8.3 s`, `4 min 52 s`, `8 h 51 min`."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 6000:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
