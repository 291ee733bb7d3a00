"""What there is to do, and why: keys, order, states with their exact reasons. Pure: it reads, and changes nothing.

Every key is known before anything runs, because a key is made of options, of the keys of inputs, and of cheap facts
about the world; so a plan is a complete dry run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from kcoder.artifact import Artifact, canonical, digest_of
from kcoder.errors import MachineLacksError
from kcoder.plugin import Plugin, identity, name_of
from kcoder.stage import Output, Step


class State(StrEnum):
    """What is known of a step's result."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"
    FAILED = "failed"
    WAITING = "waiting"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Memory:
    """What earlier runs of this spec left behind."""

    #: what was asked of a step the last time, by (variant, step)
    asked: Mapping[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    #: the error with which a key failed
    failed: Mapping[str, str] = field(default_factory=dict)
    #: facts about the world by the plugin they belong to; they stand in where the machine has lost something
    world: Mapping[str, dict[str, Any]] = field(default_factory=dict)


class World:
    """The outside facts of plugins: asked once each, with what is lacking on this machine."""

    def __init__(self, remembered: Mapping[str, dict[str, Any]], update: bool = False) -> None:
        self.remembered = remembered
        self.update = update
        self.facts: dict[str, dict[str, Any]] = {}
        self.lacking: dict[str, MachineLacksError] = {}

    def of(self, plugin: Plugin) -> dict[str, Any]:
        name = self.name(plugin)
        kept = self.remembered.get(name)
        if name not in self.facts and kept and not self.update and plugin.recall(kept):
            self.facts[name] = dict(kept)
        if name not in self.facts:
            try:
                self.facts[name] = plugin.world()
            except MachineLacksError as error:
                # a finished step stays finished when its toolchain has gone since
                self.lacking[name] = error
                self.facts[name] = dict(self.remembered.get(name, {"unknown": error.message}))
        return self.facts[name]

    @staticmethod
    def name(plugin: Plugin) -> str:
        bare = identity(plugin, lambda p: {}, lambda v: "")
        unkeyed = {n: getattr(plugin, n) for n in plugin.unkeyed}
        paths = {n: str(told) for n, told in unkeyed.items() if isinstance(told, str | tuple)}
        return f"{name_of(plugin)}-{digest_of(canonical([bare, paths]))[:8]}"


@dataclass(frozen=True)
class Planned:
    """A step with its key and state. `reasons` say why it is not fresh; `asked` is what the key was made of."""

    step: Step
    key: str
    asked: dict[str, Any]
    #: (variant, name) of every step of this key: equal steps are one
    uses: tuple[tuple[str, str], ...]
    inputs: Mapping[Output[Any], str]
    state: State
    reasons: tuple[str, ...] = ()
    artifact: Artifact | None = None
    #: all that this machine lacks for it
    lacking: tuple[MachineLacksError, ...] = ()
    #: its stored result is to be ignored
    redo: bool = False

    @property
    def name(self) -> str:
        return self.step.name

    @property
    def lacks(self) -> MachineLacksError | None:
        return self.lacking[0] if self.lacking else None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for _, name in self.uses))

    @property
    def variants(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(variant for variant, _ in self.uses))


@dataclass(frozen=True)
class Plan:
    """Steps in an order in which they can be carried out, one for each key."""

    steps: tuple[Planned, ...]
    world: Mapping[str, dict[str, Any]]
    #: the key of every step of every variant
    keys: Mapping[Step, str] = field(default_factory=dict)

    def artifact(self, step: Step) -> Artifact | None:
        """A step's finished result."""
        return next((p.artifact for p in self.steps if p.key == self.keys.get(step)), None)

    def __iter__(self) -> Iterator[Planned]:
        return iter(self.steps)

    def waiting(self) -> list[Planned]:
        """What is left to do."""
        return [p for p in self.steps if p.state != State.FRESH]


Find = Callable[[str], Artifact | None]


def plan(
    variants: Mapping[str, tuple[Step, ...]],
    find: Find,
    memory: Memory,
    redo: Callable[[str], bool] | None = None,
    *,
    update: bool = False,
) -> Plan:
    """The plan for the steps of each variant (steps of equal key are one step; the key "" holds the shared ones).

    `find` gives a key's artifact; `redo` tells the steps whose result is to be ignored;
    `update` asks the world again for what earlier runs pinned.
    """
    world = World(memory.world, update)
    keys: dict[Step, str] = {}
    found: dict[str, Planned] = {}
    for variant, steps in variants.items():
        for step in steps:
            if step in keys:
                planned = found[keys[step]]
            else:
                planned = _planned(step, keys, world)
                keys[step] = planned.key
                planned = found.setdefault(planned.key, planned)
            if (variant, step.name) not in planned.uses:
                found[planned.key] = replace(planned, uses=(*planned.uses, (variant, step.name)))
    judged: dict[str, Planned] = {}
    for key, planned in found.items():
        judged[key] = _judged(planned, judged, find, memory, redo)
    return Plan(tuple(judged.values()), world.facts, keys)


def _planned(step: Step, keys: Mapping[Step, str], world: World) -> Planned:
    """The step with its key; its inputs' keys are known, since steps come in order."""
    inputs = {output: keys[output.step] for _, output in step.stage.inputs()}
    lacks: list[MachineLacksError] = []

    def facts(plugin: Plugin) -> dict[str, Any]:
        told = world.of(plugin)
        if error := world.lacking.get(world.name(plugin)):
            lacks.append(error)
        return told

    def known(value: Any) -> Any:
        if isinstance(value, Output):
            return {"key": keys[value.step], "output": value.name}
        raise TypeError(f"{step.name}: an option of type {type(value).__name__} cannot stand in a key")

    asked = identity(step.stage, facts, known)
    key = digest_of(canonical(asked))
    return Planned(step, key, asked, (), inputs, State.MISSING, lacking=tuple(lacks))


def _judged(
    planned: Planned,
    before: Mapping[str, Planned],
    find: Find,
    memory: Memory,
    redo: Callable[[str], bool] | None,
) -> Planned:
    unready = [before[k] for k in dict.fromkeys(planned.inputs.values()) if before[k].state != State.FRESH]
    forced = bool(redo and any(redo(name) for name in planned.names))
    artifact = find(planned.key)
    found = {k: a.digest for k in planned.inputs.values() if (a := before[k].artifact)}
    moved = bool(artifact and not artifact.stands_on(found))
    # A finished result stays good while what it was made of is being made again: equal keys, equal results.
    if artifact and not forced and not moved:
        return replace(planned, state=State.FRESH, artifact=artifact)
    if planned.lacks:
        return replace(planned, state=State.BLOCKED, reasons=(planned.lacks.message,))
    if blocked := [p.name for p in unready if p.state == State.BLOCKED]:
        return replace(planned, state=State.BLOCKED, reasons=(f"{', '.join(blocked)} cannot run here",))
    if forced:
        return replace(planned, state=State.STALE, reasons=("asked for by --redo",), redo=True)
    if moved:
        return replace(planned, state=State.STALE, reasons=("an input has come out otherwise since",), redo=True)
    if planned.key in memory.failed:
        return replace(planned, state=State.FAILED, reasons=(memory.failed[planned.key],))
    old = next((memory.asked[use] for use in planned.uses if use in memory.asked), None)
    changes = tuple(differences(old, planned.asked, planned.name)) if old is not None else ()
    if changes:
        return replace(planned, state=State.STALE, reasons=changes)
    if unready:
        return replace(planned, state=State.WAITING, reasons=(f"for {', '.join(p.name for p in unready)}",))
    if old == planned.asked:
        return replace(planned, reasons=("its result is gone or damaged",))
    return replace(planned, state=State.STALE, reasons=("an input has changed",)) if old else planned


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """The options in which two askings differ, as `path old -> new`; inputs' keys are left to the steps above."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        if set(old) == set(new) == {"key", "output"}:
            return
        if old.get("is") != new.get("is"):
            yield f"{path} {old.get('is')} -> {new.get('is')}".strip()
            return
        for name in sorted({*old, *new}):
            below = path if name == "world" else f"{path}.{name}".lstrip(".")
            yield from differences(old.get(name), new.get(name), below)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (a, b) in enumerate(zip(old, new, strict=True)):
            label = a["is"] if isinstance(a, Mapping) and "is" in a and a["is"] == b.get("is") else str(number)
            yield from differences(a, b, f"{path}.{label}")
    elif old != new:
        yield f"{path} {_shown(old)} -> {_shown(new)}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("is", "{...}"))
    if isinstance(value, list):
        return f"[{', '.join(_shown(v) for v in value)}]"
    if isinstance(value, str) and len(value) == 64:
        return f"{value[:8]}..."  # a digest
    return "nothing" if value is None else str(value)
