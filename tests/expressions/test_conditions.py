import pytest

from kcoder.expressions.conditions import body, compared, statements

WORDS = {"true": lambda _: True, "Arrays.asList": list}
MAIN = r"main\(\)\s*\{"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("f(1) == 2", ("f(1)", 2)),
        ("(f(1, (2)) == (true))", ("f(1, (2))", True)),
        ("2 == f(1)", ("f(1)", 2)),
        ('f("==") == "a"', ('f("==")', "a")),
        ("f(x).equals(Arrays.asList(1, 2))", ("f(x)", [1, 2])),
        ('Objects.equals(s.f(3), "a")', ("s.f(3)", "a")),
        ("s.f(1).isEmpty()", ("s.f(1).isEmpty()", True)),
        ("!s.f(1)", ("s.f(1)", False)),
        ("not (f(1))", ("f(1)", False)),
        ("!((s.f(1)))", ("s.f(1)", False)),
        ("not f(1)", ("f(1)", False)),
        ("f(1) == g(2)", None),
        ("f(1) == 2 && g(2) == 3", None),
        ("!f(1) || g(2)", None),
        ("abs(f(1) - 2.5) < 1e-4", None),
        ("f(1) != 2", None),
        ("f(1) == 2 * 3", None),
    ],
)
def test_a_condition_tells_a_call_and_its_value_or_nothing(condition, found):
    assert compared(condition, WORDS, r"equals|Objects\.equals") == found


def test_a_comparison_by_an_unknown_function_is_a_call():
    assert compared("same(f(1), {1, 2})", WORDS) == ("same(f(1), {1, 2})", True)
    assert compared("same(f(1), {1, 2})", WORDS, "same") == ("f(1)", [1, 2])


TESTS = """bool same(int a) { assert(a == 9); return true; }
int main() {
    assert (f(1) == 1); // assert(f(0) == 0);
    for (int i = 0; i < 3; i++) assert(f(i) == i);
    if (f(2)) { assert(f(2) == 2); }
    assert(f(")") == 3) ;
    bool x = assert(f(4) == 4) || true;
}
"""


def test_statements_tell_whether_they_are_executed_once():
    found = statements(TESTS, r"\bassert\s*\(", body(TESTS, MAIN))
    assert [(each.inner, each.once) for each in found] == [
        ("a == 9", False),
        ("f(1) == 1", True),
        ("f(i) == i", False),
        ("f(2) == 2", False),
        ('f(")") == 3', True),
    ]
    assert TESTS[found[1].start : found[1].end] == "assert (f(1) == 1);"
    assert TESTS[found[4].start : found[4].end] == 'assert(f(")") == 3) ;'


def test_without_semicolons_a_statement_begins_its_line():
    inner = "\ta.Equal(1, f(1))\n\tx := a.Equal(2, f(2))\n\tfor {\n\t\ta.Equal(3, f(3))\n\t}\n\ta.Equal(4,\n\t\tf(4))\n"
    text = f"main() {{\n{inner}}}"
    found = statements(text, r"a\.Equal\(", body(text, MAIN), semicolons=False)
    assert [(each.inner, each.once) for each in found] == [
        ("1, f(1)", True),
        ("2, f(2)", False),
        ("3, f(3)", False),
        ("4,\n\t\tf(4)", True),
    ]


def test_a_body_is_what_lies_between_the_braces():
    start, end = body("int main() { f(); }", MAIN)
    assert "int main() { f(); }"[start:end] == " f(); "
    with pytest.raises(ValueError, match="no such function"):
        body("int start() { }", MAIN)
    with pytest.raises(ValueError, match="not closed"):
        body("int main() { (", MAIN)
