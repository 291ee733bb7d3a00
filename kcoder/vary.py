"""One spec becomes several: each named variant with each combination of the sweep."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kcoder.artifact import digest_of
from kcoder.errors import Fault, Place
from kcoder.plugin import names as plugin_names
from kcoder.spec.load import Node
from kcoder.spec.overlay import dotted, form, lay

MAX_VARIANTS = 1000
MAX_NAME = 120
#: names that the run's folder needs itself, and what the untrained model is called
RESERVED = frozenset({"base", "run.json", "lock.json", "log.txt", "spec.yaml", "spec.resolved.yaml", "results.json"})
RESERVED |= {"results.csv", "report.html"}


@dataclass(frozen=True)
class Variant:
    """A spec with one choice made everywhere. `settings` are the dotted fields in which the variants differ."""

    name: str
    root: Node
    settings: Mapping[str, Any] = field(default_factory=dict)


def vary(root: Node) -> tuple[list[Variant], list[Fault]]:
    """The variants of a spec (one without a name where it asks for none), and what is wrong with asking so."""
    variants, sweep = root.entries.get("variants"), root.entries.get("sweep")
    bare = Node({k: v for k, v in root.entries.items() if k not in ("variants", "sweep")}, root.at)
    faults = [*_not_a_mapping("variants", variants), *_not_lists(sweep)]
    if faults or (variants is None and sweep is None):
        return [Variant("", bare)], faults
    named = variants.entries if variants else {"": Node({}, root.at)}
    axes = [_axis(path, values) for path, values in (sweep.entries if sweep else {}).items()]
    size = len(named)
    for axis in axes:
        size *= len(axis)
    if size > MAX_VARIANTS and sweep:
        at = sweep.key or sweep.at
        return [], [Fault(at, f"{size:,} variants; at most {MAX_VARIANTS:,} are run at once", "sweep fewer values")]
    made: list[Variant] = []
    for name, overlay in named.items():
        for combination in itertools.product(*axes):
            made.append(_made(bare, name, overlay, combination))
            if len({v.name for v in made}) < len(made):
                at = _place(sweep, overlay.at)
                faults.append(Fault(at, f"two variants are called {made[-1].name}", "remove one of them"))
    return _differing(made), faults


@dataclass(frozen=True)
class Change:
    """One value of a sweep: what it is called, and the spec that holds nothing else."""

    label: str
    spec: Node


def _axis(path: str, values: Node) -> list[Change]:
    at = values.key or values.at
    return [Change(_label(path, value), dotted(path, value, at)) for value in _list(values)]


def _made(bare: Node, name: str, overlay: Node, combination: tuple[Change, ...]) -> Variant:
    spec, changes = lay(bare, overlay), overlay
    for change in combination:
        spec, changes = lay(spec, change.spec), lay(changes, change.spec)
    labels = [name] * bool(name) + [change.label for change in combination]
    return Variant(_file_name(",".join(labels)), spec, dict(_leaves("", changes)))


def _list(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else []


def _place(sweep: Node | None, other: Place) -> Place:
    return (sweep.key or sweep.at) if sweep else other


def _not_a_mapping(name: str, node: Node | None) -> Iterator[Fault]:
    if node is not None and (not isinstance(node.value, dict) or not node.value):
        yield Fault(node.at, f"{name}: expected a mapping: {{name: changes}}")
        return
    for key, changes in (node.entries if node else {}).items():
        if key in RESERVED or key.partition(".")[0] in plugin_names("sections"):
            message = f"{name}.{key}: this name stands for something else in a run's folder"
            yield Fault(changes.key or changes.at, message, f"call it my-{key}")
        if not isinstance(changes.value, dict):
            yield Fault(changes.at, f"{name}.{key}: expected a mapping of what changes: {{train: lora}}")


def _not_lists(sweep: Node | None) -> Iterator[Fault]:
    if sweep is None:
        return
    if not isinstance(sweep.value, dict) or not sweep.value:
        yield Fault(sweep.at, "sweep: expected a mapping: {train.r: [8, 16]}")
    for path, values in sweep.entries.items():
        if not isinstance(values.value, list) or not values.value:
            hint = "one value belongs into its section, not into sweep"
            yield Fault(values.at, f"sweep.{path}: expected a list of values to try", hint)


def _label(path: str, value: Node) -> str:
    """`train.r: 8` is r=8; `train: {method: lora, learning_rate: 2e-3}` is lora,learning_rate=2e-3."""
    how = form(path)
    if isinstance(value.value, dict):
        word = how.word if how else None
        return ",".join(_text(v) if k == word else f"{k}={_text(v)}" for k, v in value.value.items())
    if how and how.absorbs and how.word == how.absorbs:
        return _text(value)
    return f"{path.rpartition('.')[2]}={_text(value)}"


def _text(node: Node) -> str:
    if isinstance(node.value, list):
        return "+".join(_text(item) for item in node.value)
    if isinstance(node.value, dict):
        return "+".join(f"{k}={_text(v)}" for k, v in node.value.items())
    return node.text or str(node.value)


def _file_name(label: str) -> str:
    """The label as a folder's name; a long one is cut by bytes, and a digest keeps it apart from its like."""
    name = "".join(c if c.isalnum() or c in "=,.+-_" else "-" for c in label).strip(".") or "variant"
    if len(name.encode()) <= MAX_NAME:
        return name
    return f"{name.encode()[:MAX_NAME].decode(errors='ignore')}-{digest_of(label.encode())[:8]}"


def _leaves(path: str, node: Node) -> Iterator[tuple[str, Any]]:
    how = form(path) if path and "." not in path else None
    if how and how.word and not isinstance(node.value, dict):
        yield f"{path}.{how.word}", node.plain()
    elif isinstance(node.value, dict):
        for name, below in node.value.items():
            yield from _leaves(f"{path}.{name}" if path else name, below)
    else:
        yield path, node.plain()


def _differing(variants: list[Variant]) -> list[Variant]:
    paths = dict.fromkeys(path for v in variants for path in v.settings)
    same = {p for p in paths if all(v.settings.get(p) == variants[0].settings.get(p) for v in variants)}
    if len(variants) == 1:
        same = set()
    return [Variant(v.name, v.root, {p: x for p, x in v.settings.items() if p not in same}) for v in variants]
