"""The names that a program uses and nothing in it gives a meaning: what a helper that is still to come would define."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from kcoder.completions.naming import GIVEN, leaves
from kcoder.completions.tree import Tree

#: fields of a node in which names are made
_BINDING = frozenset({"parameters", "parameter", "pattern", "declarator", "alias"})
#: the same in some nodes alone: an operator has a left side too, and a type that is used may stand in a field `name`.
#: The type of a package is its own.
_HALF_BINDING = frozenset({"name", "left"})
_MAKING = re.compile(
    r"assign|for|range|short_var|declar|spec|function|class|method|parameter|import|enum|module|qualified"
)


def lacking(tree: Tree) -> frozenset[bytes]:
    """Of a name that is bound anywhere no more is asked: in a function of one's own a helper has another name."""
    made = frozenset().union(*(piece.names for piece, _ in tree.defined()), _bound(tree))
    pieces = (piece for piece in tree.pieces if piece.kind not in ("heads", "imports"))
    return frozenset().union(*map(tree.uses, pieces)) - made


def _bound(tree: Tree) -> Iterator[bytes]:
    waiting: list[Node] = [piece.node for piece in tree.pieces]
    while waiting:
        node = waiting.pop()
        for place, child in enumerate(node.children):
            field = node.field_name_for_child(place)
            if field in _BINDING or (field in _HALF_BINDING and _MAKING.search(node.type)):
                yield from leaves(child, GIVEN)
        waiting += node.children
