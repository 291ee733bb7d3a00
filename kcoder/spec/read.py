"""From places and plain values to typed sections, with every fault at once.

Fields are judged one by one by their section's own model; the rules across fields and sections
(`Section.objections`) are asked apart, of the sections that are right in themselves, so that one wrong field does
not hide what is wrong elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kcoder.choose import validated
from kcoder.errors import Fault, UsageError
from kcoder.plugin import load, names
from kcoder.section import Section
from kcoder.spec.faults import explain, locate, unknown_section
from kcoder.spec.head import Head
from kcoder.spec.load import Node


@dataclass(frozen=True)
class Spec:
    """A spec without variants: its head and its typed sections by name."""

    head: Head
    sections: Mapping[str, Section]


@dataclass
class Reading:
    """A spec as far as it could be read. `spec` is None where the head is wrong."""

    spec: Spec | None = None
    faults: list[Fault] = field(default_factory=list)
    #: what is right, and worth a second thought
    remarks: list[Fault] = field(default_factory=list)


def read(root: Node) -> Reading:
    """Typed sections and every fault in their fields and between them."""
    reading = Reading()
    head = _head(root, reading.faults)
    sections: dict[str, Section | None] = {}
    for name, node in root.entries.items():
        if name in Head.model_fields:
            continue
        if name not in names("sections"):
            reading.faults.append(unknown_section(name, node))
        else:
            sections[name] = _section(name, node, reading.faults)
    for name in names("sections"):
        if name not in root.entries and _always(name):
            sections[name] = load("sections", name)()
    right = {name: section for name, section in sections.items() if section}
    for name, section in right.items():
        for said, into in ((section.objections, reading.faults), (section.remarks, reading.remarks)):
            for objection in said(sections):
                at = locate(root, (name, *objection.path))
                into.append(Fault(at.place, objection.message, objection.hint))
    if head:
        reading.spec = Spec(head, right)
    return reading


def _always(name: str) -> bool:
    try:
        return bool(load("sections", name).always)
    except UsageError:
        return False  # a broken plugin is named only where a spec uses it


def _head(root: Node, faults: list[Fault]) -> Head | None:
    told = {k: n.plain() for k, n in root.entries.items() if k in Head.model_fields}
    try:
        return validated(Head, told)
    except ValidationError as error:
        faults += explain(error, root, ())
        return None


def _section(name: str, node: Node, faults: list[Fault]) -> Section | None:
    try:
        cls: type[Section] = load("sections", name)
    except UsageError as error:
        faults.append(Fault(node.key or node.at, error.message, error.hint))
        return None
    if strays := list(_strays(name, cls, node)):
        faults += strays
        return None
    try:
        return validated(cls, absorbed(cls, node.plain()))
    except ValidationError as error:
        faults += explain(error, Node({name: node}, node.at), (name,), cls)
        return None


def _strays(name: str, cls: type[Section], node: Node) -> Iterator[Fault]:
    """Options beside a field that takes none: its plugin has its own mapping, or there is no plugin."""
    chosen = node.entries.get(cls.absorbs) if cls.absorbs else None
    if chosen is None or not (chosen.value is None or len(chosen.entries) == 1):
        return  # it takes them, or is wrong in itself
    for key, stray in node.entries.items():
        if key in cls.model_fields:
            continue
        if chosen.value is None:
            message, hint = f"{name}.{key}: {name}.{cls.absorbs} is empty and takes no options", "name one"
        else:
            message, hint = f"{name}.{key}: {name}.{cls.absorbs} has options of its own", "put it among them"
        yield Fault(stray.key or stray.at, message, hint)


def absorbed(cls: type[Section], told: Any) -> Any:
    """A section as its model takes it: a word put into its field, the options of its plugin put under the plugin."""
    if cls.word and not isinstance(told, dict):
        told = {cls.word: told} if told is not None else {}
    if not cls.absorbs or not isinstance(told, dict):
        return told
    own = {k: v for k, v in told.items() if k in cls.model_fields}
    presets = {name: value for name, (value, _) in cls.presets.items()}
    chosen = own.get(cls.absorbs, cls.model_fields[cls.absorbs].default)
    if isinstance(chosen, dict) and len(chosen) == 1:
        [(plugin, opts)] = chosen.items()
        return own | {cls.absorbs: {plugin: presets | (opts or {})}} if isinstance(opts, dict | None) else own
    rest = presets | {k: v for k, v in told.items() if k not in cls.model_fields}
    return own | {cls.absorbs: {chosen: rest}} if rest and isinstance(chosen, str) else own
