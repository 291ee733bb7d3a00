"""Braces of code, past comments and strings."""

import re

import pytest

from kcoder.expressions.braces import blanked, function, level

SILENT = re.compile(r'//[^\n]*|"[^"]*"')
DEFINITION = re.compile(r"(?P<line>import \w+)|(?:fn|struct|use)\s")
PROMPT = "fn f() {\n"


def test_what_is_blanked_keeps_the_place_of_all_others():
    text = 'a("{\n}") // {\nb'
    assert blanked(text, SILENT) == "a(  \n  )     \nb"


@pytest.mark.parametrize(("text", "open_"), [("{ {", 2), ("{ }", 0), ("} }", -2), ('{ "}" // }', 1)])
def test_how_many_braces_are_left_open(text, open_):
    assert level(blanked(text, SILENT)) == open_


BODY = "  if x { y }\n}\n"


@pytest.mark.parametrize(
    ("completion", "right"),
    [
        (BODY, BODY),
        (BODY + "f();\n", BODY),
        (BODY + "\nfn g() { }\nprose { }", BODY + "\nfn g() { }\n"),
        (BODY + "// why\nstruct A(i32);\nuse a::{b, c};\nstop", BODY + "// why\nstruct A(i32);\nuse a::{b, c};\n"),
        (BODY + "import a\nfn g() { }\nimport", BODY + "import a\nfn g() { }\n"),
        (BODY + "fn g() {\n", BODY),
        (BODY + "use these words well\n", BODY),
        ('  x("}") // }\n}  \nrest', '  x("}") // }\n}  \n'),
        ("  x }", "  x }"),
        ("  never closed", "  never closed"),
    ],
)
def test_a_function_ends_with_its_brace_and_takes_the_definitions_after_it_along(completion, right):
    assert function(PROMPT, completion, SILENT, DEFINITION) == right


def test_where_a_prompt_opens_nothing_all_of_a_completion_stays():
    assert function("// a function\n", "fn f() { }\nmore", SILENT, DEFINITION) == "fn f() { }\nmore"
