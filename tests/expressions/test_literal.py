"""Literals of many languages and the values they stand for."""

import struct

import pytest

from kcoder.expressions.literal import NoLiteralError, first, items, read, single

WORDS = {
    "true": lambda given: True,
    "None": lambda given: None,
    "Some": first,
    "String::from": first,
    "vec!": items,
    "Vec::new": items,
    "ArrayList": lambda given: given[0] if given else [],
    "Arrays.asList": items,
    "std::vector": items,
    "std::make_tuple": tuple,
    "float": lambda given: single(given[0]),
    ".success": lambda given: ("success", *given),
    ".to_string": first,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-12l", -12),
        ("1_000_000", 1_000_000),
        ("0xFF", 255),
        ("10n", 10),
        ("3u64", 3),
        ("1.5", 1.5),
        ("-2e3", -2000.0),
        ("5.", 5.0),
        ("7f", 7.0),
        ("true", True),
        ('"a\\n\\"\\u00e9\\u{1F600}\\x41"', 'a\n"é😀A'),
        ("'it'", "it"),
        ("[]", []),
        ("[1, [2.0, 'a'],]", [1, [2.0, "a"]]),
        ("(1, 2)", (1, 2)),
        ("(1)", 1),
        ("(1,)", (1,)),
        ("{1, 2}", [1, 2]),
        ('{"a": 1, "b": [2]}', {"a": 1, "b": [2]}),
        ('{"a" => 1}', {"a": 1}),
        ('{["a"] = 1, b = 2}', NoLiteralError),
        ('{["a"] = 1}', {"a": 1}),
        ("[:]", {}),
        ('["a": 1]', {"a": 1}),
        ('(String)"x"', "x"),
        ('(std::string)"x"', "x"),
        ("(long)-3l", -3),
        ('vec![String::from("a"), String::from("b")]', ["a", "b"]),
        ("Vec::<isize>::new()", []),
        ("new ArrayList<Long>(Arrays.asList((long)1l, (long)2l))", [1, 2]),
        ("(new ArrayList<ArrayList<Long>>(Arrays.asList()))", []),
        ("std::vector<long>({(long)1, (long)2})", [[1, 2]]),
        ("std::vector<std::string>()", []),
        ("std::make_tuple(8, 13)", (8, 13)),
        ("Some(-9)", -9),
        ("None", None),
        ("[]int{1, 2}", [1, 2]),
        ("[][]int{{1}, {2, 3}}", [[1], [2, 3]]),
        ('map[string]int{"a": 1}', NoLiteralError),
        ("[]interface{}{-2, nil}", NoLiteralError),
        ("[] as [Int]", []),
        ("[[1] as [Int], []]", [[1], []]),
        ('.success("0b11")', ("success", "0b11")),
        ('"x".to_string()', "x"),
        ("f(1)", NoLiteralError),
        ("1 + 2", NoLiteralError),
        ("", NoLiteralError),
    ],
)
def test_a_literal_is_read_as_its_value(text, value):
    if value is NoLiteralError:
        with pytest.raises(NoLiteralError, match="no literal"):
            read(text, WORDS)
    else:
        found = read(text, WORDS)
        assert (found, type(found)) == (value, type(value))


def test_numbers_of_32_bits_are_rounded_as_the_language_rounds_them():
    tenth = struct.unpack("f", struct.pack("f", 0.1))[0]
    assert tenth != 0.1
    assert read("0.1f", WORDS) == read("(float)0.1", WORDS) == read("float(0.1)", WORDS) == tenth
    assert read("0.1", WORDS) == read("(double)0.1", WORDS) == 0.1
