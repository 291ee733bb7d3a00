"""Strict YAML with the place of every key and value.

Scalars follow YAML 1.2's core schema (`no` is a word, `5e-4` a number), plus integers grouped by `_`. Tags, anchors
that expand without end, duplicate keys and a second document are faults. We walk PyYAML's nodes ourselves, because
its own constructors know no places and read `5e-4` as text and `no` as False.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.nodes import Node as YamlNode

from kcoder.errors import Fault, Place, SpecError, UsageError, near

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_NODES = 100_000

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?[0-9]+(_[0-9]+)*\Z")
_OTHER_BASE = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)\Z")
_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

# libyaml's composer recurses in C and crashes on deep nesting; depth is checked on events before it is called.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Node:
    """A value with the place it stands at, and that of the key before it. `text` is a scalar as written."""

    value: dict[str, Node] | list[Node] | Scalar
    at: Place
    key: Place | None = None
    text: str = ""

    @property
    def entries(self) -> dict[str, Node]:
        """The entries of a mapping; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def load_file(path: str | Path) -> tuple[Node, list[Fault]]:
    """The spec in a file and the faults that do not keep it from being read further.

    Raises SpecError when it is no YAML mapping at all, UsageError when there is no such file.
    """
    path = Path(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UsageError(f"{path} is a folder, not a spec", f"name a file in it: {path}/NAME.yaml")
        if not stat.S_ISREG(mode):  # to open a pipe, or read a device, may never end
            raise UsageError(f"{path} is no regular file", "write the spec into a file first")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"no such file: {path}", _similar(path)) from None
    except ValueError:  # a name with a NUL byte, which no file has
        raise UsageError(f"no such file: {str(path)!r}") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise UsageError(f"{path} is larger than {MAX_BYTES:,} bytes", "a spec is a small text file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        fault = Fault(Place(str(path), line, column), f"not UTF-8: byte 0x{raw[error.start]:02x}", "save it as UTF-8")
        raise SpecError(str(path), [fault]) from None
    return load_text(text, str(path))


def load_text(text: str, name: str) -> tuple[Node, list[Fault]]:
    """Like load_file, for a text; `name` stands for the file in places."""
    reader = _Reader(name, text)
    return reader.root(), reader.faults


def scalar(text: str) -> Scalar:
    """A plain scalar as YAML 1.2's core schema reads it, plus integers grouped by underscores."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text.replace("_", "")) if len(text) <= 40 else text
    if _OTHER_BASE.match(text) and len(text) <= 40:
        return int(text, 0)
    if _FLOAT.match(text):
        return float(text)
    if _INFINITY.match(text):
        return float(text.replace(".", ""))
    if text in (".nan", ".NaN", ".NAN"):
        return float("nan")
    return text


class _Reader:
    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines = text.split("\n")
        self.faults: list[Fault] = []
        self.count = 0
        self.open: set[int] = set()

    def root(self) -> Node:
        try:
            composed = self._compose()
        except yaml.YAMLError as error:
            raise SpecError(self.name, [self._syntax(error)]) from None
        if composed is None:
            hint = "start from a template: kcoder init quickstart"
            raise SpecError(self.name, [Fault(Place(self.name, 1, 1), "the file is empty", hint)])
        node = self.build(composed, 0)
        if not isinstance(node.value, dict):
            raise SpecError(self.name, [Fault(node.at, "a spec is a mapping: lines of 'name: value'")])
        return node

    def _compose(self) -> YamlNode | None:
        for _ in self._events_not_too_deep():
            pass
        loader = _Loader(self.text)
        try:
            composed: YamlNode | None = loader.get_single_node()
            return composed
        finally:
            loader.dispose()

    def _events_not_too_deep(self) -> Iterator[None]:
        depth = 0
        for event in yaml.parse(self.text, Loader=_Loader):
            if isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise yaml.MarkedYAMLError(
                        problem=f"nested deeper than {MAX_DEPTH} levels",
                        problem_mark=event.start_mark,  # type: ignore[arg-type]  # the C loader's mark
                    )
            elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                depth -= 1
            yield

    def _syntax(self, error: yaml.YAMLError) -> Fault:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        if mark is not None:
            place = self.place(mark.line, mark.column)
        else:
            position = getattr(error, "position", 0)
            before = self.text[:position]
            place = self.place(before.count("\n"), position - before.rfind("\n") - 1)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).splitlines()[0]
        if "\t" in place.text[: place.column] or "\\t" in problem:
            return Fault(place, "a tab where YAML wants spaces", "indent with spaces")
        if "expected a single document" in str(error):
            return Fault(place, "a second document starts here", "one file holds one spec: remove the line ---")
        return Fault(place, f"not valid YAML: {problem}", "look at the indentation of this line and of the one above")

    def place(self, line: int, column: int) -> Place:
        text = self.lines[line].rstrip("\r") if line < len(self.lines) else ""
        return Place(self.name, line + 1, column + 1, text)

    def build(self, node: YamlNode, depth: int) -> Node:
        at = self.place(node.start_mark.line, node.start_mark.column)
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH or id(node) in self.open:
            what = "an alias that holds itself" if id(node) in self.open else "too many values after expanding aliases"
            raise SpecError(self.name, [Fault(at, what, "write the values out")])
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            self.faults.append(Fault(at, f"a YAML tag: {node.tag}", "write the plain value"))
            return Node(str(node.value), at)
        if isinstance(node, ScalarNode):
            # the C loader gives a plain scalar the style '', the Python one None
            value = node.value if node.style else scalar(node.value)
            return Node(value, at, text=node.value)
        self.open.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                return Node([self.build(item, depth + 1) for item in node.value], at)
            if isinstance(node, MappingNode):
                return Node(self._mapping(node, depth), at)
            raise SpecError(self.name, [Fault(at, "neither a value, a list nor a mapping")])
        finally:
            self.open.discard(id(node))

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Node]:
        merged: dict[str, Node] = {}
        own: dict[str, Node] = {}
        for key, value in node.value:
            at = self.place(key.start_mark.line, key.start_mark.column)
            if not isinstance(key, ScalarNode):
                self.faults.append(Fault(at, "a key that is not plain text"))
                continue
            if key.value == "<<" and not key.style:
                for each in value.value if isinstance(value, SequenceNode) else [value]:
                    merged = self.build(each, depth + 1).entries | merged
            elif key.value in own:
                first = own[key.value].key
                self.faults.append(
                    Fault(
                        at,
                        f"{key.value}: written twice, first on line {first.line if first else '?'}",
                        "keep one of them",
                    )
                )
            else:
                own[key.value] = replace(self.build(value, depth + 1), key=at)
        return merged | own


def _similar(path: Path) -> str:
    folder = path.parent
    others = [p.stem for p in folder.glob("*.y*ml")] if folder.is_dir() else []
    nearest = near(path.stem, others)
    if nearest:
        return f"did you mean {folder / nearest}.yaml?"
    return "kcoder init --list shows the templates, kcoder init NAME writes one"
