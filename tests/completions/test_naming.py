"""What a definition names, whatever its grammar calls it."""

import pytest

from kcoder.completions.tree import Tree
from kcoder.plugin import load


@pytest.mark.parametrize(
    ("language", "source", "name"),
    [
        ("cpp", "std::vector<int> twice(int a) {\n  return {};\n}\n", "twice"),
        ("cpp", "int *twice(int a) {\n  return 0;\n}\n", "twice"),
        ("rust", "fn twice(a: isize) -> isize {\n    a\n}\n", "twice"),
        ("ruby", "def twice?(a)\n  a\nend\n", "twice?"),
        ("javascript", "const twice = function (a) {\n  return a;\n};\n", "twice"),
        ("typescript", "export const twice = (a: number): number => a;\n", "twice"),
        ("swift", "func twice(a: Int) -> Int {\n    return a\n}\n", "twice"),
        ("go", "func twice(a int) int {\n\treturn a\n}\n", "twice"),
    ],
)
def test_a_function_is_named_by_its_own_name_and_by_no_type(language, source, name):
    syntax = load("languages", language).syntax
    [piece] = [piece for piece in Tree(syntax, source.encode()).pieces if piece.names]
    assert piece.names == {name.encode()}
    assert piece.callable
