"""Sections become steps. The sections know how; this only orders them and calls them."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from kcoder.errors import UsageError
from kcoder.plugin import load
from kcoder.section import Section, Wires
from kcoder.spec.read import Spec
from kcoder.stage import Step


def order(sections: Mapping[str, Section]) -> list[str]:
    """The sections' names by `after` and `before`, ties in the order of names. Raises UsageError on a circle."""
    follows: dict[str, set[str]] = {name: set() for name in sorted(sections)}
    for name, section in sections.items():
        follows[name] |= _closest(section.after, sections)
        for later in _closest(section.before, sections):
            follows[later].add(name)
    try:
        sorter = TopologicalSorter(follows)
        sorter.prepare()
        out: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            out += ready
            sorter.done(*ready)
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise UsageError(f"the sections want to stand before each other: {circle}", "see their `after`") from None
    return out


def _closest(wanted: tuple[str, ...], sections: Mapping[str, Section]) -> set[str]:
    """The wanted sections that this spec has; through one that it has not, what that one would follow."""
    found: set[str] = set()
    for name in wanted:
        if name in sections:
            found.add(name)
        else:
            try:
                cls: type[Section] = load("sections", name)
            except UsageError:
                continue
            found |= _closest(cls.after, sections)
    return found


def resolve(spec: Spec, settings: Mapping[str, object] | None = None) -> Wires:
    """The steps of one variant, in the order of its sections."""
    head = spec.head
    up = Wires(name=head.name, why=head.why, seed=head.seed, sections=spec.sections, settings=settings or {})
    for name in order(spec.sections):
        up = spec.sections[name].steps(up, name)
    return up


def conclude(variants: Mapping[str, Wires]) -> tuple[Step, ...]:
    """The steps that look at all variants: what their sections add together."""
    steps: dict[str, tuple[Step, ...]] = {}
    for up in variants.values():
        for name in order(up.sections):
            if name not in steps:
                steps[name] = up.sections[name].conclude(variants)
    return tuple(step for made in steps.values() for step in made)
