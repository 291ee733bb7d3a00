"""What every language has from its base."""

from itertools import product
from typing import ClassVar

import pytest

from kcoder.mini.families import Pairs
from kcoder.mini.function import Apply, Choice, Function, Pair, Walk
from kcoder.mini.python import Python
from kcoder.mini.writer import Writer

X, Y = Apply("plain", ("x",)), Apply("plus", ("y", 3))


class Lisp(Writer):
    """A language as a newcomer would write it."""

    operations: ClassVar = {"plain": "{0}", "plus": "(+ {0} {1})"}

    def pair(self, pair: Pair) -> str:
        return f"({pair.how} {self.apply(pair.left)} {self.apply(pair.right)})\n"

    def choice(self, choice: Choice) -> str:
        return f"(if {self.apply(choice.condition)} {self.apply(choice.then)} {self.apply(choice.otherwise)})\n"

    def walk(self, walk: Walk) -> str:
        return f"({walk.finish} {self.apply(walk.each)} {walk.over})\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (Pair("sum", X, Y), "(sum x (+ y 3))\n"),
        (Choice(X, Y, X), "(if x (+ y 3) x)\n"),
        (Walk("numbers", "xs", "x", None, X, "sorted"), "(sorted x xs)\n"),
    ],
)
def test_a_new_language_is_a_table_and_three_shapes(body: Pair | Choice | Walk, expected: str) -> None:
    assert Lisp().body(Function("f", "Return it.", ("x", "y"), "number", body, ())) == expected


def test_no_text_of_a_pair_needs_brackets() -> None:
    language = Python()
    for left, right in product(Pairs.changes, repeat=2):
        first, second = (language.apply(Apply(change, (name, 5))) for change, name in ((left, "a"), (right, "b")))
        written = language.pair(Pair("difference", Apply(left, ("a", 5)), Apply(right, ("b", 5))))
        for names in ({"a": 7, "b": -3}, {"a": -4, "b": 9}):
            assert eval(written.removeprefix("    return "), names) == eval(f"({first}) - ({second})", names)
