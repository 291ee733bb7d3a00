"""One spec laid over another: `extends`, `--set`, variants and sweeps.

Mappings merge; scalars and lists replace. A section's one-word form is its mapping with one field. Where the field
that names a plugin changes, the options of the old plugin go with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kcoder.errors import Fault, Place, SpecError, UsageError
from kcoder.plugin import load, registered
from kcoder.section import Section
from kcoder.spec.load import Node, load_file, load_text

MAX_EXTENDS = 8
#: what is said once, for all variants
TOP = frozenset({"name", "why", "extends", "variants", "sweep"})


@dataclass(frozen=True)
class Form:
    """How a section is written: the field a word sets, its own fields, and the field that names a plugin."""

    word: str | None
    own: frozenset[str]
    absorbs: str | None


def form(section: str) -> Form | None:
    """The written form of a section; None where there is no such section, or its plugin is broken."""
    if section not in registered("sections"):
        return None
    try:
        cls: type[Section] = load("sections", section)
    except UsageError:
        return None
    return Form(cls.word, frozenset(cls.model_fields), cls.absorbs)


def load_spec(path: str | Path, settings: tuple[str, ...] = ()) -> tuple[Node, list[Fault]]:
    """The spec of a file over what it extends, with `--set` on top, and the faults met on the way."""
    node, faults = _extended(Path(path), ())
    for setting in settings:
        node = lay(node, setting_node(setting))
    return node, [*faults, *_misplaced(node)]


def _misplaced(node: Node) -> Iterator[Fault]:
    """What belongs at the top of a spec, but stands in a variant or a sweep, where it would change nothing."""
    for variant, changes in (node.entries["variants"].entries if "variants" in node.entries else {}).items():
        yield from _at_the_top(f"variants.{variant}", changes)
    if "sweep" in node.entries:
        yield from _at_the_top("sweep", node.entries["sweep"])


def _at_the_top(where: str, changes: Node) -> Iterator[Fault]:
    for path, value in changes.entries.items():
        if path.partition(".")[0] in TOP:
            yield Fault(value.key or value.at, f"{where}.{path}: belongs at the top of a spec", "move it there")


def _extended(path: Path, seen: tuple[Path, ...]) -> tuple[Node, list[Fault]]:
    node, faults = load_file(path)
    told = node.entries.get("extends")
    if told is None:
        return node, faults
    mine = Node({k: v for k, v in node.entries.items() if k != "extends"}, node.at)
    if not isinstance(told.value, str):
        return mine, [*faults, Fault(told.at, "extends: expected the path of a spec")]
    base = path.parent / told.value
    chain = (*seen, path.resolve())
    try:
        there = base.resolve()
    except (ValueError, RuntimeError):  # a NUL byte in the name; links that lead to each other
        raise SpecError(str(path), [Fault(told.at, f"extends: no such file: {told.value!r}")]) from None
    if there in chain or len(chain) > MAX_EXTENDS:
        names = " -> ".join(p.name for p in (*chain, base))
        raise SpecError(str(path), [Fault(told.at, f"extends goes in a circle: {names}")])
    try:
        below, more = _extended(base, chain)
    except SpecError:
        raise
    except UsageError as error:
        raise SpecError(str(path), [Fault(told.at, f"extends: {error.message}", error.hint)]) from None
    return lay(below, mine), faults + more


def setting_node(setting: str) -> Node:
    """`train.r=8` as a spec of its own, with the same scalar rules as the file."""
    path, sign, text = setting.partition("=")
    if not sign or not path.strip():
        raise UsageError(f"--set {setting}: expected PATH=VALUE", "for example --set train.r=16")
    shown = f"--set {setting.encode(errors='backslashreplace').decode()}"
    if shown != f"--set {setting}":
        raise UsageError(f"{shown}: not UTF-8", "write it as UTF-8")
    if len(setting.splitlines()) > 1:
        raise UsageError(f"{shown}: several lines", "a setting is one line; write longer ones into the spec")
    if path.strip().partition(".")[0] == "extends":
        raise UsageError(f"{shown}: a spec says in its file what it extends", "write it into the file")
    try:
        value, faults = load_text(f"v: {text}", shown)
    except SpecError as error:
        faults = error.faults
    if faults:
        raise UsageError(f"{shown}: {faults[0].message}", faults[0].hint)
    return dotted(path.strip(), _moved(value.entries["v"], Place(shown)), Place(shown))


def _moved(node: Node, at: Place) -> Node:
    """The node as if all of it stood at one place: a command line has no lines to point into."""
    if isinstance(node.value, dict):
        return Node({k: replace(_moved(v, at), key=at) for k, v in node.value.items()}, at)
    if isinstance(node.value, list):
        return Node([_moved(v, at) for v in node.value], at)
    return replace(node, at=at, key=None)


def dotted(path: str, value: Node, at: Place) -> Node:
    """A mapping that holds only `value`, under a dotted path; `at` is the place the path is written at."""
    for name in reversed(path.split(".")):
        value = Node({name: replace(value, key=value.key or at)}, at)
    return value


def lay(below: Node, over: Node) -> Node:
    """`over` laid on a whole spec."""
    out = dict(below.entries)
    for name, node in over.entries.items():
        out[name] = lay_section(name, out[name], node) if name in out else node
    return Node(out, below.at)


def lay_section(name: str, below: Node, over: Node) -> Node:
    """A section laid on the same section of another spec."""
    how = form(name)
    if how and how.word:
        below, over = _as_mapping(below, how.word), _as_mapping(over, how.word)
    if how and how.absorbs and isinstance(over.value, dict) and isinstance(below.value, dict):
        new, old = over.entries.get(how.absorbs), below.entries.get(how.absorbs)
        if new and (old is None or new.plain() != old.plain()):
            below = Node({k: v for k, v in below.entries.items() if k in how.own}, below.at, below.key)
    return merge(below, over)


def _as_mapping(node: Node, word: str) -> Node:
    if isinstance(node.value, dict) or node.value is None:
        return node
    return Node({word: replace(node, key=node.key)}, node.at, node.key)


def merge(below: Node, over: Node) -> Node:
    if not isinstance(below.value, dict) or not isinstance(over.value, dict):
        return over
    out = dict(below.value)
    for name, node in over.value.items():
        out[name] = merge(out[name], node) if name in out else node
    return Node(out, over.at, over.key)
