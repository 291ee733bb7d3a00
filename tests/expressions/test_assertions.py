"""Assertions as the test programs of benchmarks write them."""

import pytest

from kcoder.expressions.assertions import Assertion, assertions

WORDS = {"true": lambda given: True}


@pytest.mark.parametrize(
    ("text", "opening", "order", "call", "expected"),
    [
        ("assert_eq!(f(vec![1], 2), 3);", r"assert_eq!\(", "call, literal", "f(vec![1], 2)", 3),
        ('assert_equal("a", f.call("=="))', r"assert_equal\(", "literal, call", 'f.call("==")', "a"),
        ("assert(f(a: [1, 2]) == [2])", r"assert\(", "call == literal", "f(a: [1, 2])", [2]),
        ("  assert (f((1)) == (true));", r"assert \(", "call == literal", "f((1))", True),
    ],
)
def test_an_assertion_is_a_call_and_what_it_must_give(text, opening, order, call, expected):
    [found] = assertions(text, opening, order, WORDS)
    assert (found.call, found.expected) == (call, expected)
    assert text[found.start : found.end].endswith(")")


def test_every_assertion_is_found_with_its_place():
    text = "fn main() {\n    assert(f(1) == 2);\n    assert(f(2) == 3);\n}\n"
    found = assertions(text, r"assert\(", "call == literal", WORDS)
    assert found == [Assertion(16, 33, "f(1)", 2), Assertion(39, 56, "f(2)", 3)]


@pytest.mark.parametrize("text", ["assert(f(1) == g(1));", "assert(f(1));", "assert(f(1) == 2;"])
def test_an_assertion_that_compares_with_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"no literal|nothing is compared|not closed"):
        assertions(text, r"assert\(", "call == literal", WORDS)
