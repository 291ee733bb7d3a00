"""Numbers as people read them, each with its count and its interval.

Shares are shares of one; points are hundredths of a share.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kcoder.paired import p_value


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
    """A row of Score in a unit of its own: `3.130 [3.022, 3.241]`; points with a sign: `+4.4 [−0.6, +9.3] points`."""
    if score.get("unit") == "points":
        return f"{points(score['value'])} [{points(score['low'])}, {points(score['high'])}] points"
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


def chance(p: float | None) -> str | None:
    """A p in a table: `0.031`, `< 0.001`; None where there is none."""
    return None if p is None else p_value(p).removeprefix("p ").removeprefix("= ").replace(" ", "\N{NO-BREAK SPACE}")


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
