"""Which function a problem is about."""

import pytest

from kcoder.expressions.entry import called, declared, tried, under_test


@pytest.mark.parametrize(
    ("tests", "name"),
    [
        ("  candidate := has_it\n", "has_it"),
        ("    let candidate = has_it;\n", "has_it"),
        ("    candidate = method(:has_it)\n", "has_it"),
        ("    assert(hasIt((1l)) == (2l));\n", "hasIt"),
    ],
)
def test_tests_name_the_candidate_or_call_it_in_an_assertion(tests, name):
    assert called(tests) == name


def test_of_a_solutions_functions_the_one_that_a_test_calls_counts():
    solution = "def half(x):\n  return x / 2\ndef twice(x):\n  return 2 * x"
    assert under_test(solution, "assert floor(twice(1)) == 2") == "twice"
    assert under_test(solution, "assert True") == "half"


@pytest.mark.parametrize(
    ("declaration", "name"),
    [
        ("from typing import List\n\ndef half(x: int) -> int:\n", "half"),
        ("\nconst isHalf = (x) => {\n", "isHalf"),
        ("bool half(vector<int> x){\n", "half"),
        ("class Solution {\n    public Optional<String> half(String text) throws Exception {\n", "half"),
    ],
)
def test_a_declaration_ends_with_its_function(declaration, name):
    assert declared(declaration) == name
    assert tried(declaration, "    body", "no call of it") == name


def test_a_helper_that_is_declared_first_is_not_what_is_tried():
    assert tried("fn is_it(s: &str) {\n", "}\nfn make_it(s: &str) {\n", "make_it(1); is_it(2)") == "make_it"


def test_where_there_is_no_function_that_is_said():
    with pytest.raises(ValueError, match="no test calls a function"):
        called("nothing")
    with pytest.raises(ValueError, match="no function is declared"):
        declared("nothing")
