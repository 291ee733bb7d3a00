"""What a function cannot do without."""

from kcoder.completions.needed import imports, needed
from kcoder.completions.tree import Tree
from kcoder.plugin import load

GO = load("languages", "go").syntax
SOURCE = b"""package p

import (
\t"strings"
\t"os"
)

func f(s string) string {
\treturn g(s)
}

func g(s string) string {
\treturn strings.ToUpper(s)
}

func main() {
\tos.Exit(0)
}
"""


def test_what_a_function_uses_stays_and_what_only_a_main_imports_goes():
    tree = Tree(GO, SOURCE)
    by_name = {min(piece.names): piece for piece in tree.pieces if piece.callable}
    kept = needed(tree, [by_name[b"f"]], tree.pieces, b"f")
    assert {min(piece.names) for piece in kept if piece.callable} == {b"f", b"g"}
    text = b"".join(tree.text(piece) for piece in imports(tree, kept))
    assert b"strings" in text
    assert b'"os"' not in text
