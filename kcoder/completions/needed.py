"""Which pieces of a program a function cannot do without."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from kcoder.completions.tree import Piece, Tree

#: libraries of tests: what only they are imported for is never in a candidate
TESTING = re.compile(
    rb"\b(?:unittest|pytest|doctest|hypothesis|test/unit|minitest|rspec|XCTest|junit|testng|testing|testify|quickcheck"
    rb"|gtest|gmock|catch2?|doctest|luaunit|busted|chai|jest|mocha|vitest)\b"
)


def needed(tree: Tree, roots: Sequence[Piece], among: Iterable[Piece], entry: bytes) -> set[Piece]:
    """The roots, and what they use by name, and what that uses.

    Operators, extensions and the like are used without a name: they all stay. What calls the function under test, which
    is `entry`, when the program starts does not: neither variables that hold its values nor initialisers.
    """
    by_name: dict[bytes, list[Piece]] = defaultdict(list)
    waiting = list(roots)
    for piece in among:
        if piece.kind in ("", "imports", "heads") or (not piece.callable and _begins(tree, piece, entry)):
            continue
        for name in piece.names | piece.of:
            by_name[name].append(piece)
        if piece.kind == "others" or (piece.kind == "functions" and not piece.names | piece.of):
            waiting.append(piece)
    kept: set[Piece] = set()
    while waiting:
        piece = waiting.pop()
        if piece not in kept:
            kept.add(piece)
            waiting += [found for name in tree.uses(piece) for found in by_name.get(name, ())]
    return kept


def _begins(tree: Tree, piece: Piece, entry: bytes) -> bool:
    """Whether a piece, when it is come to, calls the function under test. Types wait until they are used."""
    return piece.kind in ("values", "others") and entry in tree.uses(piece)


def imports(tree: Tree, kept: Iterable[Piece]) -> list[Piece]:
    """The imports that stay: all but those that only the rest of the program needs.

    One that nothing uses stays too: where that is an error, it is the program's own.
    """
    used = frozenset().union(*map(tree.packages, kept))
    rest = [piece for piece in tree.pieces if piece.kind != "imports"]
    everything = frozenset().union(*map(tree.packages, rest))
    return [
        piece
        for piece in tree.pieces
        if piece.kind == "imports"
        and (piece.names & used or not (TESTING.search(tree.text(piece)) or piece.names & everything))
    ]
