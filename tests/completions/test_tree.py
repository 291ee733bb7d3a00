"""Programs as trees of pieces."""

import pytest

from kcoder.completions.tree import Tree
from kcoder.plugin import load

JAVASCRIPT = load("languages", "javascript").syntax
SOURCE = b"""const a = require('a');
// One more.
function f(n) {
  return g(n) + LIMIT;
}
const LIMIT = 3;
const g = (n) => n;
console.log(f(1));
"""


def test_definitions_are_pieces_with_their_names_and_comments():
    tree = Tree(JAVASCRIPT, SOURCE)
    named = {min(piece.names): piece for piece in tree.pieces if piece.names}
    assert {b"f", b"LIMIT", b"g"} <= set(named)
    assert tree.text(named[b"f"]).startswith(b"// One more.\nfunction f(n)")
    assert (named[b"f"].callable, named[b"g"].callable, named[b"LIMIT"].callable) == (True, True, False)
    assert {b"g", b"LIMIT"} <= tree.uses(named[b"f"])


def test_a_container_has_members():
    tree = Tree(load("languages", "java").syntax, b"class A {\n  int f() { return 1; }\n  int g() { return f(); }\n}\n")
    assert [(min(piece.names), home is not None) for piece, home in tree.defined() if piece.names] == [
        (b"A", False),
        (b"f", True),
        (b"g", True),
    ]


def test_a_piece_with_faults_is_not_whole():
    [piece] = [piece for piece in Tree(JAVASCRIPT, b"function f(n) {\n  return (;\n}\n").pieces if piece.names]
    assert (piece.names, piece.whole) == ({b"f"}, False)


@pytest.mark.parametrize("depth", [2_000])
def test_depth_is_no_trouble(depth):
    nested = b"function f(n) { return " + b"(" * depth + b"1" + b")" * depth + b"; }\n"
    assert [min(piece.names) for piece in Tree(JAVASCRIPT, nested).pieces] == [b"f"]
