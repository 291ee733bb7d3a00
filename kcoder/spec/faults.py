"""Faults at their places: what pydantic found, in the words and at the lines of the person's file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kcoder.choose import fitting, settable
from kcoder.errors import Fault, Place, UsageError, choice, near
from kcoder.plugin import Plugin, load, names
from kcoder.section import Section
from kcoder.spec.head import Head
from kcoder.spec.load import Node


@dataclass(frozen=True)
class Located:
    """The deepest node that stands on a path, its dotted name, and what of the path does not stand."""

    node: Node
    name: str
    rest: tuple[str | int, ...]

    @property
    def place(self) -> Place:
        inside = self.rest and isinstance(self.node.value, dict)
        return (self.node.key or self.node.at) if inside else self.node.at


def locate(root: Node, path: tuple[str | int, ...]) -> Located:
    """The place a path means. Segments that do not stand in the file (pydantic's tags, defaults) are passed over."""
    node, name, rest = root, "", []
    for segment in path:
        below = _child(node, segment)
        if below is None and len(node.entries) == 1:  # `source: {folder: {path: ...}}` names the plugin in between
            [(plugin, only)] = node.entries.items()
            if (inner := _child(only, segment)) is not None:
                below, name = inner, f"{name}.{plugin}"
        if below is None:
            rest.append(segment)
        else:
            node, name = below, f"{name}.{segment}" if name else str(segment)
    return Located(node, name, tuple(rest))


def _child(node: Node, segment: str | int) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(str(segment))
    if isinstance(node.value, list) and isinstance(segment, int) and segment < len(node.value):
        return node.value[segment]
    return None


def explain(
    error: ValidationError, root: Node, prefix: tuple[str, ...], cls: type[Section] | None = None
) -> list[Fault]:
    """Pydantic's errors as faults at the places of the file, one for each place and cause."""
    faults = []
    told = error.errors(include_url=False)
    for each in told:
        loc = each["loc"]
        if each["type"] == "too_short" and any(e["loc"][: len(loc)] == loc != e["loc"] for e in told):
            continue  # it is short only because items of it are wrong, and those are told
        if cls and cls.absorbs and len(loc) > 1 and loc[0] == cls.absorbs and not _apart(root, prefix, cls.absorbs):
            loc = loc[1:]
        at = locate(root, (*prefix, *loc))
        ctx: dict[str, Any] = dict(each.get("ctx", {}))
        if each["type"] == "extra_forbidden":
            # the fields of the section itself are no cure for what is wrong deeper down
            faults.append(_unknown_field(at, str(loc[-1]), prefix, ctx, cls if len(loc) == 1 else None))
        elif each["type"] == "missing":
            inside = ".".join(map(str, (at.name, *at.rest))).strip(".")
            faults.append(Fault(at.node.key or at.node.at, f"{inside}: required, but not given", ctx.get("hint", "")))
        else:
            message, hint = _wrong_value(each["type"], each["msg"], ctx, each["input"])
            faults.append(Fault(at.place if at.name else root.at, f"{at.name}: {message}", hint))
    return faults


def _apart(root: Node, prefix: tuple[str, ...], absorbs: str) -> bool:
    """Whether the options of the absorbed plugin stand under its name: `train: {method: {lora: {r: 8}}}`."""
    return isinstance(locate(root, (*prefix, absorbs)).node.value, dict) and not locate(root, (*prefix, absorbs)).rest


def unknown_section(name: str, node: Node) -> Fault:
    at = node.key or node.at
    nearest = near(name, [*names("sections"), *Head.model_fields])
    homes = _homes(name)
    if nearest:
        hint = f"did you mean {nearest}?"
    elif homes:
        hint = f"it belongs under {homes[0]}: ({homes[0]}.{name})"
    else:
        hint = f"a spec takes: {', '.join([*Head.model_fields, *names('sections')])}"
    return Fault(at, f"{name}: unknown field", hint)


def _unknown_field(
    at: Located, name: str, prefix: tuple[str, ...], ctx: dict[str, Any], cls: type[Section] | None
) -> Fault:
    known = {k for k in ctx.get("known", "").split(",") if k} | set(cls.model_fields if cls else ())
    nearest = near(name, known)
    homes = [h for h in _homes(name) if (h,) != prefix]
    if nearest:
        hint = f"did you mean {nearest}?"
    elif ctx.get("hint"):
        hint = ctx["hint"]
    elif name in Head.model_fields:
        hint = f"{name} stands at the top of a spec, outside every section"
    elif homes:
        hint = f"it belongs under {homes[0]}: ({homes[0]}.{name})"
    else:
        hint = f"{at.name.rpartition('.')[0] or 'this place'} takes: {', '.join(sorted(known))}"
    return Fault(at.node.key or at.node.at, f"{at.name}: unknown field", hint)


def _homes(name: str) -> list[str]:
    """The sections that take a field of this name, themselves or through the plugin they absorb."""
    homes = []
    for section in names("sections"):
        try:
            cls: type[Section] = load("sections", section)
        except UsageError:
            continue
        if name in cls.model_fields or name in _absorbable(cls):
            homes.append(section)
    return homes


def _absorbable(cls: type[Section]) -> set[str]:
    wanted = cls.absorbed_contract()
    plugins = [load(wanted.group, name) for name in fitting(wanted)] if wanted else []
    return {f for p in plugins if isinstance(p, type) and issubclass(p, Plugin) for f in settable(p)}


_EXPECTED = {
    "string_type": "expected a word",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "bool_type": "expected true or false",
    "list_type": "expected a list: [a, b]",
    "tuple_type": "expected a list: [a, b]",
    "dict_type": "expected a mapping: {{name: value}}",
    "model_type": "expected a mapping: {{name: value}}",
    "model_attributes_type": "expected a mapping: {{name: value}}",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_pattern_mismatch": "letters, digits, '.', '_' and '-' only, beginning with a letter or digit",
    "too_short": "expected at least {min_length} of them",
    "finite_number": "expected a finite number",
}


def _wrong_value(kind: str, message: str, ctx: dict[str, Any], told: Any) -> tuple[str, str]:
    hint = str(ctx.get("hint", ""))
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", str(ctx.get("expected", "")))
        return f"must be one of {', '.join(known)}, got {_shown(told)}", choice(told, known) if known else ""
    if kind == "plugin":
        return message, hint
    expected = _EXPECTED.get(kind)
    if expected is None:
        return message, hint
    return f"{expected.format(**ctx)}, got {_shown(told)}", hint


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
