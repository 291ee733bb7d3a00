from collections import Counter

import pytest

from kcoder.scoring.lexicon import COMMON, WORDS, part

C = (("/*", "*/"), ("//", "\n"))


def test_keywords_and_signs_are_operators_and_a_pair_of_brackets_is_one():
    operators, operands = part("int f(int a) { return a >= 0x1F; }", "java", C)
    assert operators == Counter({"int": 2, "(": 1, "{": 1, "return": 1, ">=": 1, ";": 1})
    assert operands == Counter({"a": 2, "f": 1, "0x1F": 1})


def test_comments_count_for_nothing_and_begin_nowhere_in_a_text():
    operators, operands = part('a = "/* b // " /* c */ + d // e\n', "java", C)
    assert (operators, operands) == (Counter({"=": 1, "+": 1}), Counter({"a": 1, '"/* b // "': 1, "d": 1}))


def test_a_comment_that_never_ends_ends_with_the_program():
    assert part("a /* b c", "java", C) == (Counter(), Counter({"a": 1}))


@pytest.mark.parametrize(
    ("language", "program", "operands"),
    [
        ("go", "a := `x\ny`", {"a": 1, "`x\ny`": 1}),
        ("swift", 'let c = """\nx "y"\n"""', {"c": 1, '"""\nx "y"\n"""': 1}),
        ("rust", "b'x' + '\\n' + 1..=2", {"b": 1, "'x'": 1, "'\\n'": 1, "1": 1, "2": 1}),
        ("javascript", "'a\\'b' + .5", {"'a\\'b'": 1, "5": 1}),
        ("java", '"not closed', {"not": 1, "closed": 1}),
    ],
)
def test_texts_and_numbers_are_whole_operands(language, program, operands):
    assert part(program, language, C)[1] == Counter(operands)


def test_a_lifetime_is_no_text():
    operators, operands = part("fn f<'a>(x: &'a str) {}", "rust", C)
    assert operands == Counter({"a": 2, "f": 1, "x": 1, "str": 1})
    assert operators["'"] == 2


def test_a_language_that_is_not_listed_has_the_words_most_of_them_share():
    assert {"if", "else", "for", "while", "return"} <= COMMON.keywords
    assert "fallthrough" not in COMMON.keywords
    assert "zig" not in WORDS
    assert part("if (x) return y;", "zig", C)[0] == Counter({"if": 1, "(": 1, "return": 1, ";": 1})
