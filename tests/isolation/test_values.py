"""Plain values cross; whatever answers for itself does not."""

import json
import math

import pytest

from kcoder.isolation.values import Foreign, Stream, Symbol, heard, told


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(2**70),
        pytest.param(1 << 20_000, id="long"),
        0.1,
        1e-320,
        "é\n",
        [1, [2, (3,)]],
        (),
        {1, 2},
        frozenset({("a", 1)}),
        {"a": 1, 2: [None], (1, 2): {}},
        b"\x00\xff",
        3 + 4j,
        range(1, 10, 3),
        {"~t": [1]},
    ],
)
def test_a_value_comes_back_with_its_kind(value):
    back = heard(json.loads(json.dumps(told(value))))
    assert (back, type(back)) == (value, type(value))


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_numbers_that_json_lacks_come_back(value):
    assert heard(told(value)) == value
    assert math.isnan(heard(told(math.nan)))


class Equal(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__

    def __index__(self):
        return 7

    def __int__(self):
        return 7


class Liar(list):
    def __iter__(self):
        return iter(["lie"])


def test_of_an_object_that_lies_only_the_built_in_value_crosses():
    assert told(Equal(3)) == 3
    assert told(Liar([1, 2])) == [1, 2]
    assert heard(told(type("A", (), {"__eq__": lambda *_: True})())) != 1


def test_an_object_stays_where_it_is_and_equals_itself_alone():
    kept = []
    wire = told(object(), lambda value: kept.append(value) or 0)
    assert wire == {"~r": [0, "object"]}
    assert heard(wire) == Foreign(0, "object")
    assert heard(wire) != Foreign(1, "object")
    assert Foreign(None, "f") != Foreign(None, "f")
    assert heard(wire, lambda number: kept[number]) is kept[0]


def test_an_iterator_can_be_gone_through_once_and_is_no_list():
    stream = heard(told(iter([1, 2])))
    assert isinstance(stream, Stream)
    assert stream != [1, 2]
    assert (list(stream), list(stream)) == ([1, 2], [])


def test_a_symbol_is_no_text():
    symbol = heard({"~y": "a"})
    assert symbol == Symbol("a")
    assert symbol != "a"


def test_what_is_nested_without_end_is_cut():
    endless = []
    endless.append(endless)
    assert '"too deep"' in json.dumps(told(endless))


@pytest.mark.parametrize("wire", [{"~q": 1}, {"~t": 3}, {"~m": [[1]]}, {"~f": "x"}, {"~b": "zz"}, {"~m": [[[], 1]]}])
def test_what_no_value_looks_like_is_refused(wire):
    with pytest.raises(ValueError, match=r"no value|could not convert|non-hexadecimal|unpack"):
        heard(wire)
