"""`--smoke`: any spec as a run of a minute or so that proves the way, and nothing else.

Each section says itself how it is shrunk (`Section.smoke`), a stranger's too; what comes out is a spec like any other.
"""

from __future__ import annotations

from typing import Any

from kcoder.errors import Place, UsageError
from kcoder.plugin import load, registered
from kcoder.section import Section
from kcoder.spec.load import Node
from kcoder.spec.overlay import lay

#: what a smoke run's name ends with
SUFFIX, LONGEST = "-smoke", 100
WHY = "A smoke run (random weights, few rows, steps and problems): it shows that all works; its numbers say nothing."
#: what helps where the hub does not answer
WITHOUT_HUB = "--set data.source=FOLDER --set evaluate.file=FILE_OR_FOLDER"


def shrunk(root: Node) -> Node:
    """The spec of one variant with every section shrunk, and its name and purpose saying so."""
    spec: dict[str, Any] = {name: _told(name, node) for name, node in root.entries.items()}
    name = str(spec.get("name", ""))[: LONGEST - len(SUFFIX)]
    changes: dict[str, Any] = {"name": name + SUFFIX, "why": f"{WHY} {spec.get('why', '')}".strip()}
    for name, told in spec.items():
        if name in registered("sections") and isinstance(told, dict):
            changes |= _section(name).smoke(told, spec)
    gone = {name for name, change in changes.items() if change is None}
    kept = Node({name: node for name, node in root.entries.items() if name not in gone}, root.at, root.key)
    return lay(kept, _node({name: change for name, change in changes.items() if name not in gone}))


def _told(name: str, node: Node) -> Any:
    """A section's fields as plain values, those of its one-word form too."""
    told = node.plain()
    if name in registered("sections") and not isinstance(told, dict) and told is not None:
        word = _section(name).word
        return {word: told} if word else told
    return told


def _section(name: str) -> type[Section]:
    try:
        found: type[Section] = load("sections", name)
    except UsageError:  # a broken plugin: reading the spec tells
        return Section
    return found


def _node(value: Any) -> Node:
    at = Place("--smoke")
    if isinstance(value, dict):
        return Node({name: _node(each) for name, each in value.items()}, at, at)
    if isinstance(value, list | tuple):
        return Node([_node(each) for each in value], at, at)
    return Node(value, at, at, str(value))
