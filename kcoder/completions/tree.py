"""A program's tree, and the pieces that stand in it at file scope: definitions, imports, and what only uses them.

Walks keep lists of what is left instead of calling themselves: a program may nest as deep as it is long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module

import tree_sitter
from tree_sitter import Node, Parser, QueryCursor

from kcoder.completions.naming import WORD, functional, imported, named, parameters
from kcoder.language import Syntax

_SPACE = re.compile(rb"\s*")


@dataclass(frozen=True, eq=False)
class Piece:
    """Something at file scope, or a member of a container, from `start` to before `end` in bytes.

    That takes in the comments and attributes right before it. `kind` is the field of Syntax that names its node,
    empty for what is none of these. It defines `names`, and belongs to what is called `of`: a method to its receiver.
    """

    kind: str
    node: Node
    start: int
    end: int
    names: frozenset[bytes] = frozenset()
    of: frozenset[bytes] = frozenset()
    #: whether it is a function, or a variable that holds one
    callable: bool = False
    members: tuple[Piece, ...] = ()
    #: what must stand before it where it stands alone
    prefix: bytes = b""

    @property
    def whole(self) -> bool:
        return not self.node.has_error

    def closed(self, close: str) -> bool:
        """Whether it ends where it should, whatever a grammar does not understand in it."""
        leaf = self.node
        while leaf.children and leaf.children[-1].type != ";":
            leaf = leaf.children[-1]
        return not close or (leaf.type == close and not leaf.is_missing)


class Tree:
    """A text as its grammar reads it, faults and all."""

    def __init__(self, syntax: Syntax, source: bytes) -> None:
        self.syntax, self.source = syntax, source
        self.grammar = _grammar(syntax.grammar, syntax.loader)
        self._kinds = _kinds(syntax)
        self._names = _query(self.grammar, syntax.names)
        self._uses: dict[int, frozenset[bytes]] = {}
        self._tree = Parser(self.grammar).parse(source)
        self.pieces = tuple(self._pieces(self._tree.root_node.children))

    def defined(self) -> Iterator[tuple[Piece, Piece | None]]:
        """Every piece, and every member of a container with that container."""
        for piece in self.pieces:
            yield piece, None
            yield from ((member, piece) for member in piece.members)

    def uses(self, piece: Piece) -> frozenset[bytes]:
        """The names that stand in a piece and may mean what is defined elsewhere."""
        if piece.node.id not in self._uses:
            self._uses[piece.node.id] = frozenset(self._found(self._names, piece.node))
        return self._uses[piece.node.id]

    def packages(self, piece: Piece) -> frozenset[bytes]:
        """The packages that a piece takes something from, where the grammar can tell; else all that it names."""
        if not self.syntax.packages:
            return self.uses(piece)
        return frozenset(self._found(_query(self.grammar, self.syntax.packages), piece.node))

    def own(self, piece: Piece) -> frozenset[bytes]:
        """What a function calls its arguments and variables: in it these names mean nothing that is defined elsewhere.

        Python's `global` says that they may.
        """
        if not piece.callable or re.search(rb"\bglobal\b", self.of(piece.node)):
            return frozenset()
        places = _query(self.grammar, self.syntax.locals) if self.syntax.locals else None
        found = QueryCursor(places).captures(piece.node).get("name", []) if places else []
        return parameters(piece.node).union(*(named(node, False)[0] for node in found))

    def text(self, piece: Piece, renamed: tuple[bytes, bytes] | None = None, member: bool = False) -> bytes:
        """A piece as it stands, one name perhaps replaced by another; without `unsaid` words unless it is a member."""
        edits = [] if member else self._unsaid(piece.node)
        start = piece.start
        while start and not piece.prefix and self.source[start - 1 : start] in (b" ", b"\t"):
            start -= 1
        start = start if not start or self.source[start - 1 : start] == b"\n" else piece.start
        return piece.prefix + self._edited(start, piece.end, [*edits, *self._renaming(piece.node, renamed)])

    def head(self, container: Piece, renamed: tuple[bytes, bytes] | None = None) -> bytes:
        """What stands in a container before its members."""
        edits = [*self._unsaid(container.node), *self._renaming(container.node, renamed)]
        return self._edited(container.start, _body(container.node).start_byte + 1, edits)

    def of(self, node: Node) -> bytes:
        return self.source[node.start_byte : node.end_byte]

    def _edited(self, start: int, end: int, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
        text, place = b"", start
        for begin, after, new in sorted(edits):
            if begin >= place and after <= end:
                text += self.source[place:begin] + new
                place = after
        return text + self.source[place:end]

    def _renaming(self, node: Node, renamed: tuple[bytes, bytes] | None) -> list[tuple[int, int, bytes]]:
        if not renamed:
            return []
        places = QueryCursor(self._names).captures(node).get("name", [])
        return [(n.start_byte, n.end_byte, renamed[1]) for n in places if self.of(n) == renamed[0]]

    def _unsaid(self, node: Node) -> list[tuple[int, int, bytes]]:
        """Words to be left out, with the space behind them."""
        words = [word.encode() for word in self.syntax.unsaid]
        heads = [node, *(child for child in node.children if child.type == "modifiers")] if words else []
        found = [word for head in heads for word in head.children if self.of(word) in words]
        return [(w.start_byte, _after(_SPACE.match(self.source, w.end_byte), w.end_byte), b"") for w in found]

    def _found(self, query: tree_sitter.Query, node: Node) -> Iterator[bytes]:
        for found in QueryCursor(query).captures(node).get("name", []):
            yield from WORD.findall(self.of(found))

    def _pieces(self, nodes: Sequence[Node]) -> Iterator[Piece]:
        """The pieces among nodes, and within what is ungrammatical, in their order.

        A function that is never closed leaves its brace there, and what it defines for itself.
        """
        waiting = list(reversed(nodes))
        lead: int | None = None
        last: Piece | None = None
        end = depth = 0
        while waiting:
            node = waiting.pop()
            if node.type == "ERROR":
                waiting += reversed(node.children)
                continue
            if last and node.type == ";" and node.start_byte == last.end:
                last, end = replace(last, end=node.end_byte), node.end_byte
                continue
            if last:
                yield last
                last = None
            depth = max(0, depth + {"{": 1, "}": -1}.get(node.type, 0))
            near = self.source.count(b"\n", end, node.start_byte) <= 1
            lead = lead if near else None
            if "comment" in node.type or node.type in self.syntax.attributes:
                # what ends a line of code is no comment on what follows
                begins = not end or b"\n" in self.source[end - 1 : node.start_byte]  # an #include ends its line itself
                lead = lead if lead is not None else node.start_byte if begins else None
            else:
                inside = depth > bool(self.syntax.containers)
                *before, last = self._of(node, node.start_byte if lead is None else lead, inside)
                yield from before
                lead = None
            end = node.end_byte
        if last:
            yield last

    def _of(self, node: Node, start: int, inside: bool) -> list[Piece]:
        """What a node is: several pieces where one import imports several things; nothing inside of a function."""
        kind, inner = self._definition(node)
        if inside or not kind:
            return [Piece("", node, node.start_byte, node.end_byte)]
        if kind == "imports":
            if specs := [spec for spec in _within(node) if spec.type in self.syntax.specs]:
                prefix = self.of(node.children[0]) + b" "
                return [Piece(kind, n, n.start_byte, n.end_byte, imported(n), prefix=prefix) for n in specs]
            return [Piece(kind, node, node.start_byte, node.end_byte, imported(node))]
        names, of = named(inner, kind == "functions")
        if kind == "values" and self.syntax.visible:
            names = frozenset(name for name in names if re.match(self.syntax.visible.encode(), name))
        members = self._pieces(_body(inner).children) if inner.type in self.syntax.containers else ()
        is_callable = kind == "functions" or (kind == "values" and functional(inner))
        return [Piece(kind, node, start, node.end_byte, names, of, is_callable, tuple(members))]

    def _definition(self, node: Node) -> tuple[str, Node]:
        """The kind of a node, and the node that defines: the innermost of those around one definition."""
        while not (kind := self._kind(node)) and node.type in self.syntax.wrappers:
            fields = ("declaration", "definition", "arguments")
            inner = next((found for name in fields if (found := node.child_by_field_name(name))), None)
            if inner is None and not node.named_children:
                break
            node = inner or node.named_children[-1]
        return kind, node

    def _kind(self, node: Node) -> str:
        for word, kind in self._kinds.get(node.type, ()):
            if not word or any(self.of(child) == word for child in node.children):
                return kind
        return ""


def _body(node: Node) -> Node:
    return node.child_by_field_name("body") or node


def _after(found: re.Match[bytes] | None, place: int) -> int:
    return found.end() if found else place


def _within(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


@cache
def _grammar(package: str, loader: str) -> tree_sitter.Language:
    return tree_sitter.Language(getattr(import_module(package), loader)())


@cache
def _query(grammar: tree_sitter.Language, places: tuple[str, ...]) -> tree_sitter.Query:
    """What finds nodes of these types, or those in fields: `identifier`, `selector_expression.operand`."""
    pairs = [place.partition(".") for place in places]
    told = [f"({node} {field}: (_) @name)" if field else f"({node}) @name" for node, _, field in pairs]
    return tree_sitter.Query(grammar, "\n".join(told))


@cache
def _kinds(syntax: Syntax) -> dict[str, list[tuple[bytes, str]]]:
    """For a node's type: the kinds it can be of, those first that a word in it tells."""
    kinds: dict[str, list[tuple[bytes, str]]] = {}
    for kind in ("imports", "heads", "others", "functions", "types", "values"):
        for entry in getattr(syntax, kind):
            type_, _, word = entry.partition(":")
            kinds.setdefault(type_, []).append((word.encode(), kind))
    return {type_: sorted(found, key=lambda pair: not pair[0]) for type_, found in kinds.items()}
