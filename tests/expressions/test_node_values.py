"""Values as node compares them."""

import pytest

from kcoder.expressions.node_values import CLASS, UNDEFINED, Exactly, Loosely, Stringified, equal
from kcoder.isolation.values import Symbol


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("1", 1, True),
        (" 1.0 ", 1, True),
        ("", 0, True),
        ("0x10", 16, True),
        (True, 1, True),
        (True, "1", True),
        (Symbol("10n"), 10, True),
        (Symbol("10n"), "10", True),
        (float("nan"), float("nan"), True),
        (float("nan"), "nan", False),
        (None, UNDEFINED, True),
        (UNDEFINED, None, True),
        (0, None, False),
        (False, None, False),
        ("", None, False),
        (Symbol("undefined"), 0, False),
        ("a", "a", True),
        ("a", "b", False),
        ([1], 1, False),
        ([1], "1", False),
        ([["1"], UNDEFINED], [[1], None], True),
        ([1, 2], [1], False),
        ([], {}, False),
        ({}, [], False),
        ({"a": 1, CLASS: True}, {"a": "1"}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}, True),
    ],
)
def test_loosely_is_as_node_compares_deeply(answer, expected, right):
    assert equal(answer, Loosely(expected)) is right


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        (1, 1.0, True),
        ("1", 1, False),
        (True, 1, False),
        (Symbol("1n"), 1, False),
        (None, UNDEFINED, False),
        (UNDEFINED, UNDEFINED, True),
        (float("nan"), float("nan"), True),
        ([1, [2]], [1, [2]], True),
        ([UNDEFINED], [None], False),
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": 1, CLASS: True}, {"a": 1}, False),
    ],
)
def test_exactly_knows_kinds(answer, expected, right):
    assert equal(answer, Exactly(expected)) is right


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("[1,2.5,null,null]", [1.0, 2.5, UNDEFINED, float("inf")], True),
        ('{"a":1,"b":[]}', {"a": 1, "b": [], "c": UNDEFINED}, True),
        ('{"b":[],"a":1}', {"a": 1, "b": []}, False),
        ('{"1":0,"b":0}', {"b": 0, "1": 0}, True),
        ("[true]", [1], False),
        ('["1"]', [1], False),
        ("{}", [], False),
        ("[", [], False),
        ([], [], False),
        (UNDEFINED, UNDEFINED, False),
    ],
)
def test_texts_of_json_are_compared_as_texts(answer, expected, right):
    assert equal(answer, Stringified(expected)) is right


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        (UNDEFINED, None, True),
        ([Symbol("10n"), 1], [10, 1.0], True),
        ({"a": UNDEFINED, CLASS: True}, {"a": None}, True),
        ("1", 1, False),
        (Symbol("class"), "class", False),
    ],
)
def test_values_of_calls_are_those_of_json(answer, expected, right):
    assert equal(answer, expected) is right


def test_what_is_expected_is_shown_as_its_value():
    assert repr(Loosely({"a": [True, None]})) == '{"a": [true, null]}'
