"""JSON values as constants of Rust and Swift."""

import math

import pytest

from kcoder.errors import UsageError
from kcoder.expressions.constants import Constants, quoted

KINDS = ("null", "bool", "int", "float", "text", "list", "map")
SWIFT = Constants("Swift", ".", KINDS, "[", bits=64)
RUST = Constants("Rust", "j::", KINDS, "&[", bits=128)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ".null"),
        (True, ".bool(true)"),
        (-(1 << 63), f".int({-(1 << 63)})"),
        (0.1, ".float(0.1)"),
        (1e300, ".float(1e+300)"),
        ("a b", '.text("a b")'),
        ([1, [2]], ".list([.int(1), .list([.int(2)])])"),
        ({"a": 1, 2: ()}, '.map([("a", .int(1)), ("2", .list([]))])'),
    ],
)
def test_every_kind_has_its_constant(value, text):
    assert SWIFT.of(value) == text


def test_lists_of_rust_are_borrowed_and_its_numbers_wider():
    assert RUST.of([1 << 126]) == f"j::list(&[j::int({1 << 126})])"


@pytest.mark.parametrize("value", [1 << 63, math.nan, math.inf, {1, 2}, [b"a"]])
def test_what_no_constant_holds_is_refused_by_name(value):
    with pytest.raises(UsageError, match="can be no argument of a Swift function"):
        SWIFT.of(value)


def test_a_string_holds_nothing_but_letters_digits_and_spaces_as_they_are():
    assert quoted('a 1_"\\\né') == '"a 1\\u{5f}\\u{22}\\u{5c}\\u{a}\\u{e9}"'
    assert quoted("\ud800") == '"\\u{3f}"'
