"""Which steps of a plan are carried out: what --only, --from, --until, --variant and --redo say."""

from __future__ import annotations

from collections.abc import Callable

from kcoder.errors import UsageError, choice
from kcoder.plan import Plan, Planned
from kcoder.prepare import Prepared


def span(
    plan: Plan,
    prepared: Prepared,
    only: str | None,
    start: str | None,
    until: str | None,
    chosen: tuple[str, ...],
) -> Callable[[Planned], bool]:
    """Whether --only, --from, --until and --variant leave a step, in the order of the plan. Raises UsageError where one
    of them names what is not there."""
    for name in chosen:
        if name not in prepared.variants:
            raise UsageError(f"this spec has no variant {name}", choice(name, [v for v in prepared.variants if v]))
    if only and (start or until):
        raise UsageError("--only stands alone", "use --from and --until together for a span")
    steps = [p for p in plan if not chosen or set(chosen) & set(p.variants)]

    def numbers(told: str) -> list[int]:
        member = _members(prepared, told)
        found = [i for i, p in enumerate(steps) if any(map(member, p.names))]
        if not found:
            raise UsageError(f"{told} has no step in {', '.join(chosen)}", "leave --variant out")
        return found

    if only:
        left = {steps[i].key for i in numbers(only)}
    else:
        first = min(numbers(start)) if start else 0
        last = max(numbers(until)) if until else len(steps)
        left = {p.key for i, p in enumerate(steps) if first <= i <= last}
    return lambda planned: planned.key in left


def among(prepared: Prepared, told: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a step of this name is told by one of these words. Raises UsageError on a near miss."""
    members = [_members(prepared, word) for word in told]
    return lambda name: any(member(name) for member in members)


def _members(prepared: Prepared, told: str) -> Callable[[str], bool]:
    """The steps a word means: one step, or all steps of a section. Raises UsageError on a near miss."""
    steps = {s.name for group in prepared.steps().values() for s in group}
    if told not in steps and not any(name.startswith(f"{told}.") for name in steps):
        sections = {name.partition(".")[0] for name in steps}
        raise UsageError(f"there is no section or step {told}", choice(told, steps | sections))
    return lambda name: name == told or name.startswith(f"{told}.")
