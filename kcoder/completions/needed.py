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

#: what a file of JavaScript defines things of for other files
_EXPORTING = frozenset({b"module", b"exports"})
_EVERYWHERE = re.compile(rb"assert|print|expect|check|test|main$|candidate$", re.I)


def needed(
    tree: Tree, roots: Sequence[Piece], among: Iterable[Piece], entry: bytes, called: frozenset[bytes] = frozenset()
) -> set[Piece]:
    """The roots and what is `called`, and what they use by name, and what that uses.

    Operators, extensions and the like are used without a name: they all stay. What calls the function under test, which
    is `entry`, when the program starts does not: neither variables that hold its values nor initialisers.
    """
    by_name: dict[bytes, list[Piece]] = defaultdict(list)
    waiting = list(roots)
    defined = frozenset().union(_EXPORTING, *(piece.names for piece, _ in tree.defined()))
    for piece in among:
        calls = entry in tree.uses(piece) - piece.of
        if piece.kind in ("", "imports", "heads") or (
            calls and piece.kind in ("values", "others") and not piece.callable
        ):
            continue
        for name in piece.names | piece.of:
            by_name[name].append(piece)
        unnamed = piece.kind == "functions" and not piece.names | piece.of
        extends = piece.callable and bool(piece.of) and piece.of.isdisjoint(defined)
        asked = piece.kind == "functions" and piece.names & called
        if piece.kind == "others" or asked or ((unnamed or extends) and piece.whole and not calls):
            waiting.append(piece)
    kept: set[Piece] = set()
    while waiting:
        piece = waiting.pop()
        if piece not in kept:
            kept.add(piece)
            own = tree.own(piece)
            found = [(name, each) for name in tree.uses(piece) for each in _best(by_name.get(name, []))]
            # a variable of its own may have a function's name, and be given what that gives
            waiting += [each for name, each in found if each.callable or name not in own]
    return kept


def open_names(tree: Tree) -> frozenset[bytes]:
    """What a program names and does not define: without what every test has, and could find replaced."""
    defined = frozenset().union(*(piece.names | tree.own(piece) for piece, _ in tree.defined()))
    used = frozenset().union(*map(tree.uses, tree.pieces)) if tree.pieces else frozenset()
    return frozenset(name for name in used - defined if not _EVERYWHERE.match(name))


def _best(pieces: list[Piece]) -> list[Piece]:
    """Without those that are no definitions at all, perhaps: a call can look like one with faults."""
    return [piece for piece in pieces if piece.whole] or pieces


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
