"""The answer in a few sentences: what the numbers say, and what they do not decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kcoder.paired import p_value
from kcoder.reporting import find
from kcoder.reporting.comparisons import main_family
from kcoder.reporting.labels import language
from kcoder.reporting.numbers import interval, percent, points, scored

Row = Mapping[str, Any]


def sentences(told: Row) -> list[str]:
    """At most five or so: the best setting, the methods against each other, the base, and the limits."""
    if told["main"] is None:
        learnt = [_learnt(history) for history in told["histories"] if history["valid"]]
        return learnt or ["Nothing was scored, so there is no answer yet."]
    said = [_best(told), *_methods(told), *_tuned(told), _base(told), _held(told), _limits(told)]
    return [sentence for sentence in said if sentence]


def _learnt(history: Row) -> str:
    """What stands in for a score where nothing was executed."""
    who = ", ".join(name for name in history["variants"] if name) or history["step"]
    first, best = history["valid"][0][1], history["best_valid"]
    verb = "fell" if best < first else "did not fall:"
    return (
        f"{who}: the validation loss {verb} from {first:.2f} to {best:.2f} nats a token, "
        f"at step {history['best_step']:,} of {history['steps']:,}."
    )


def _base(told: Row) -> str:
    base = next((m for m in told["models"] if m["of"] == "base"), None)
    if base is None:
        return ""
    parts = [
        f"{scored(row)} of the {language(name)} problems"
        for name in (told["target"], *told["kept"])
        if (row := find.score(told, base["name"], name))
    ]
    return f"Before tuning, the model solves {_and(parts)}." if parts else ""


def _best(told: Row) -> str:
    tuned = [m for m in told["models"] if m["of"] == "tuned"]
    chosen = told["selection"] and told["selection"]["best"]
    if not tuned:
        return "No tuned model was scored."
    if len(tuned) == 1 and not chosen:
        return _gain(told, tuned[0], f"After tuning ({tuned[0]['label']})")
    if not chosen:
        return (
            "No choice is made between the settings, since no development problems were scored: "
            "choosing by the test problems would flatter the winner."
        )
    model = next(m for m in tuned if m["name"] == chosen)
    how = f"{model['label']}, the best setting for {language(told['target'])} on the development problems"
    return _gain(told, model, f"With {how}" if len(tuned) > 1 else f"After tuning ({model['label']})")


def _gain(told: Row, model: Row, opening: str) -> str:
    parts = []
    for name in (told["target"], *told["kept"]):
        row, change = find.score(told, model["name"], name), find.change(told, model["name"], name)
        if row and change:
            moved = f"{_moved(change)} to {percent(row['value'])}"
            parts.append(f"{language(name)} {moved if change['clear'] else moved + ' (no clear difference)'}")
        elif row:
            parts.append(f"{language(name)} stands at {scored(row)}")
    return f"{opening}, {_and(parts)}." if parts else ""


def _moved(change: Row) -> str:
    verb = "rose" if change["points"] > 0 else "fell" if change["points"] < 0 else "stayed"
    if verb == "stayed":
        return f"moved by 0.0 points {interval(change)}"
    sign = -1 if verb == "fell" else 1
    ends = sorted(sign * change[end] for end in ("low", "high"))
    return f"{verb} by {abs(change['points']):.1f} points [{_bare(ends[0])}, {_bare(ends[1])}]"


def _bare(value: float) -> str:
    return points(value).lstrip("+")


def _methods(told: Row) -> list[str]:
    """One sentence on every two methods; with more than three methods the page's table says it."""
    found = told["selection"]["pairs"] if told["selection"] else []
    if len(found) > 3:
        able = sum(pair["settings"] is not None for pair in found)
        return [f"Of {len(found)} pairs of methods, {able} can be compared; the table of methods says how they differ."]
    return [_pair(told, pair) for pair in found]


def _pair(told: Row, pair: Row) -> str:
    label = {m["name"]: m["label"] for m in told["models"]}
    target, kept = language(told["target"]), _and([language(name) for name in told["kept"]])
    within = f"{told['selection']['within']:g} points"
    one, other = pair["methods"]
    if pair["settings"] is None:
        near = " and ".join(label[name] for name in pair["nearest"])
        return (
            f"{one} and {other} are not comparable here: at every pair of settings, {kept} on the "
            f"development problems differs by more than {within} (the nearest, {near}, by {pair['gap']:.1f})."
        )
    names = [label[name] for name in pair["settings"]]
    where = f"At {kept} kept within {within}" if kept else "At the best setting of each"
    opening = f"{where} (chosen on the development problems: {names[0]} and {names[1]})"
    found = pair["languages"][told["target"]]
    if found is None:
        return f"{opening}, their {target} results cannot be paired, so no difference is given."
    ahead, behind = (one, other) if found["points"] >= 0 else (other, one)
    if not found["clear"]:
        return f"{opening}, there is no clear difference in {target}: {one} − {other} = {_points(found)}."
    if found["points"] < 0:
        found = {"points": -found["points"], "low": -found["high"], "high": -found["low"]}
    return f"{opening}, {ahead} learned more {target} than {behind}: {_points(found)} on the test problems."


def _tuned(told: Row) -> list[str]:
    """The tuned models against each other on the test problems, where no choice between them was made."""
    family = main_family(told)
    if family is None or (told["selection"] and told["selection"]["best"]):
        return []
    label = {m["name"]: m["label"] for m in told["models"] if m["of"] == "tuned"}
    found, unranked = (
        [each for each in family[kind] if {each["model"], each["against"]} <= label.keys()]
        for kind in ("pairs", "unranked")
    )
    why = list(dict.fromkeys(f"{each['why']}." for each in unranked))
    if len(found) > 3 or len(why) > 1:
        clear = sum(pair["clear"] for pair in found)
        some = f", {len(unranked)} cannot be ranked" if unranked else ""
        where = f"in {language(family['language'])} clearly{some}"
        return [f"Of {len(found) + len(unranked)} pairs of tuned models {clear} differ {where}; the page says how."]
    of = f" (Holm over {family['tests']} comparisons)" if family["tests"] > 1 else ""
    said = [f"{label[p['model']]} − {label[p['against']]} is {_points(p)}{_chance(p, of)}" for p in found]
    return ([f"Tuned models in {language(family['language'])}: {'; '.join(said)}."] if said else []) + why


def _chance(pair: Row, of: str) -> str:
    clear = "" if pair["clear"] else ", no clear difference"
    return clear if pair["p"] is None else f"{clear}, {p_value(pair['p'])}{of}"


def _points(found: Row) -> str:
    return f"{points(found['points'])} points {interval(found)}"


def _held(told: Row) -> str:
    """How many problems stood in the training data, where some did."""
    found: dict[str, set[int]] = {}
    for row in find.parts(told):
        if row["problems"].startswith("contaminated"):
            found.setdefault(row["language"], set()).add(row["n"])
    if not found:
        return ""
    counts = (f"{' or '.join(map(str, sorted(n)))} of the {language(name)} problems" for name, n in found.items())
    return (
        f"Rows that hold {_and([*counts])} were learnt from: clean and contaminated problems are scored apart too, "
        "changes and comparisons are those on all problems."
    )


def _limits(told: Row) -> str:
    """What these numbers cannot show, from what they are: one training each, so many problems, so wide."""
    counts = sorted({row["n"] for row in told["changes"] if row["benchmark"] == told["main"]["benchmark"]})
    halves = [(r["high"] - r["low"]) / 2 for r in told["changes"] if r["benchmark"] == told["main"]["benchmark"]]
    made = "short made-up problems" if told["main"]["benchmark"].startswith("mini") else "these problems"
    said = f"This does not decide what holds for other seeds (each setting was trained once) or beyond {made}"
    if halves:
        n = " or ".join(str(count) for count in counts)
        return f"{said}; with {n} problems a language, an interval reaches up to ±{max(halves):.0f} points."
    return f"{said}."


def _and(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
