"""The names that a program uses and nothing in it gives a meaning."""

import pytest

from kcoder.completions.lacking import lacking
from kcoder.completions.tree import Tree
from kcoder.plugin import load


def lacks(name, text):
    return {word.decode() for word in lacking(Tree(load("languages", name).syntax, text.encode()))}


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("javascript", "function f(a, ...b) { let c = a.d + b; return c; }", set()),
        ("javascript", "const f = ({a}, [b]) => { for (const c of a) { g(c, b); } };", {"g"}),
        ("javascript", "function f(a) { try { return g(a) + 1; } catch (e) { throw e; } }", {"g"}),
        ("javascript", "function f(a) { return g(a) || h; }\nfunction g(x) { return [x].map(y => y * 2); }", {"h"}),
        ("typescript", "function f(a: Map<string, Pair>): Pair { return make<Pair>(a); }", {"Map", "Pair", "make"}),
        ("typescript", "type Pair = [number, number];\nfunction f(a: Pair): number { return a[0]; }", set()),
        (
            "go",
            'package p\nimport "strings"\nfunc f(a int) bool { return abs(a)%2 == 0 || strings.X }',
            {"int", "bool", "abs"},
        ),
        (
            "go",
            "package p\ntype T struct{ a int }\nfunc (t T) f() int { for i, v := range t.a { g(i, v) } }",
            {"int", "g"},
        ),
        ("javascript", "", set()),
    ],
)
def test_what_is_bound_nowhere_is_lacking(name, text, names):
    assert lacks(name, text) == names
