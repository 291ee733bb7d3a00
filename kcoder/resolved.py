"""Every value of a spec with where it comes from: a line of the file, or the source of the default.

The text is a spec again: running it gives the same steps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kcoder.choose import settable
from kcoder.plugin import Plugin, name_of
from kcoder.section import Section
from kcoder.spec.faults import locate
from kcoder.spec.head import Head
from kcoder.spec.load import Node, scalar
from kcoder.spec.read import Spec
from kcoder.stage import Training

_PLAIN = re.compile(r"[A-Za-z~./][\w./@+-]*\Z")


@dataclass(frozen=True)
class Line:
    """`key: value` at a depth, with the source of the value; no value where a mapping follows."""

    depth: int
    key: str
    value: str = ""
    source: str = ""


def resolved_text(head: Head, roots: Mapping[str, Node], specs: Mapping[str, Spec]) -> str:
    """The resolved spec as YAML with comments. Sections that differ between variants stand under `variants`.

    `roots` holds for each variant the spec its values have their places in.
    """
    first, common = next(iter(specs.values())), roots[next(iter(specs))]
    seeds = len({spec.head.seed for spec in specs.values()}) > 1
    lines = list(_head(head, common, ("name", "why") if seeds else ("name", "why", "seed")))
    differing = {
        name
        for name in {n for s in specs.values() for n in s.sections}
        if any(s.sections.get(name) != first.sections.get(name) for s in specs.values())
    }
    for name, section in first.sections.items():
        if name not in differing:
            lines += _section(name, section, common, 0)
    if differing or seeds:
        lines.append(Line(0, "variants"))
        for variant, spec in specs.items():
            inside = list(_head(spec.head, roots[variant], ("seed",), 2)) if seeds else []
            for name in sorted(differing & spec.sections.keys()):
                inside += _section(name, spec.sections[name], roots[variant], 2)
            lines += [Line(1, _text(variant), "" if inside else "{}"), *inside]
    width = min(64, max(len(_left(line)) for line in lines) + 1)
    return "".join(
        f"{_left(line):<{width}}{' # ' + line.source if line.source else ''}".rstrip() + "\n" for line in lines
    )


def _left(line: Line) -> str:
    return f"{'  ' * line.depth}{line.key}:{' ' + line.value if line.value else ''}"


def _head(head: Head, root: Node, names: tuple[str, ...], depth: int = 0) -> Iterator[Line]:
    for name in names:
        yield Line(depth, name, _text(getattr(head, name)), _source(root, (name,), Head.model_fields[name]))


def _section(name: str, section: Section, root: Node, depth: int) -> Iterator[Line]:
    inside = list(_fields(section, root, (name,), depth + 1))
    yield Line(depth, name) if inside else Line(depth, name, "{}")
    yield from inside


def _fields(
    owner: BaseModel,
    root: Node,
    path: tuple[str, ...],
    depth: int,
    presets: Mapping[str, tuple[Any, str]] | None = None,
) -> Iterator[Line]:
    absorbs = owner.absorbs if isinstance(owner, Section) else None
    for name in settable(type(owner)):
        field, value = type(owner).model_fields[name], getattr(owner, name)
        here = (*path, name)
        spec_seed = isinstance(owner, Training) and name == "seed" and name not in owner.model_fields_set
        if spec_seed or (value is None and absorbs != name and field.default is None):
            continue
        if isinstance(owner, Section) and name in owner.bare:
            yield from _bare(name, value, root, here, depth, owner.bare[name], _source(root, here, field))
            continue
        if isinstance(owner, Section) and absorbs == name:
            yield Line(depth, name, _text(name_of(value)) if value else "none", _source(root, here, field))
            if value:
                apart = isinstance(locate(root, here).node.value, dict) and not locate(root, here).rest
                yield from _fields(value, root, here if apart else path, depth, owner.presets)
        else:
            preset = (presets or {}).get(name, (None, ""))[1]
            yield from _value(
                name, value, root, here, depth, _place(root, here) or preset or _source(root, here, field)
            )


def _value(name: str, value: Any, root: Node, path: tuple[str, ...], depth: int, source: str) -> Iterator[Line]:
    if isinstance(value, Section) or (isinstance(value, BaseModel) and not isinstance(value, Plugin)):
        yield Line(depth, name)
        yield from _fields(value, root, path, depth + 1)
    elif isinstance(value, Plugin):
        inside = [] if _ready_made(value) else list(_fields(value, root, (*path, name_of(value)), depth + 2))
        if inside:
            yield Line(depth, name, "", source)
            yield Line(depth + 1, _text(name_of(value)))
            yield from inside
        else:
            yield Line(depth, name, _text(name_of(value)), source)
    elif isinstance(value, Mapping) and any(isinstance(v, Plugin) for v in value.values()):
        yield Line(depth, name)
        for plugin in value.values():
            at = (*path, name_of(plugin))
            yield Line(depth + 1, name_of(plugin), _text(_options(plugin)), _place(root, at) or source)
    else:
        yield Line(depth, name, "off" if value is None else _text(value), source)


def _bare(
    name: str, value: Any, root: Node, path: tuple[str, ...], depth: int, preset: tuple[str, str], source: str
) -> Iterator[Line]:
    """A mapping that says it lies over nothing: all of it is written."""
    yield Line(depth, name)
    yield Line(depth + 1, *preset, source)
    if value:
        _, *rest = _value(name, value, root, path, depth, source)
        yield from rest


def _options(plugin: Plugin) -> Any:
    """All options, or the one that a single word sets where the others are as they were."""
    told = {name: value for name in settable(type(plugin)) if (value := getattr(plugin, name)) is not None}
    word = type(plugin).word
    others = {name for name, value in told.items() if name != word and value != type(plugin).model_fields[name].default}
    return told[word] if word in told and not others else told


def _ready_made(plugin: Plugin) -> bool:
    """Whether the plugin is an object of its package (a language, a model family) and takes no options here."""
    return isinstance(getattr(plugin, "name", None), str) and name_of(plugin) == getattr(plugin, "name", "")


def _source(root: Node, path: tuple[str, ...], field: FieldInfo) -> str:
    extra = field.json_schema_extra
    default = str(extra.get("source", "")) if isinstance(extra, dict) else ""
    return _place(root, path) or default


def _place(root: Node, path: tuple[str, ...]) -> str:
    """The line of the file a value stands on, if it stands there."""
    at = locate(root, path)
    if at.rest or not at.name:
        return ""
    return f"{at.node.at.file}:{at.node.at.line}" if at.node.at.line else at.node.at.file


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, float | int):
        return repr(value)
    if isinstance(value, Plugin):
        inside = {} if _ready_made(value) else _options(value)
        return _text({name_of(value): inside}) if inside != {} else _text(name_of(value))
    if isinstance(value, BaseModel):
        return _text({name: found for name in settable(type(value)) if (found := getattr(value, name)) is not None})
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(k))}: {_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_text(v) for v in value) + "]"
    text = str(value)
    return text if _PLAIN.match(text) and scalar(text) == text else json.dumps(text, ensure_ascii=False)
