import pytest

from kcoder.expressions.bare import bare, unclosed, uncommented


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a // don't {\nb", "a           \nb"),
        ("a /* { \n */ b", "a" + 6 * " " + "\n" + 4 * " " + "b"),
        ('f("{ // \\" }") }', 'f("         ") }'),
        ("c == '}'", "c == ' '"),
        ("x := `{\n}` }", "x := ` \n ` }"),
        ('s = """\n { " }\n""" }', 's = "  \n      \n  " }'),
        ('R"x(})" ")x" }', 'R          " }'),
        ("don't {", "don't {"),
    ],
)
def test_comments_and_strings_are_blanked_and_all_else_keeps_its_place(text, seen):
    assert bare(text) == seen
    assert len(bare(text)) == len(text)


def test_comments_alone_are_blanked():
    assert uncommented('f("// no"); // yes') == 'f("// no");       '


@pytest.mark.parametrize(
    ("text", "count"), [("class A { void f() { // }", 2), ("class A { }", 0), ("}", 0), ('{ "}" ', 1)]
)
def test_braces_that_are_left_open_are_counted(text, count):
    assert unclosed(text) == count
