"""Where a function ends by its braces."""

import pytest

from kcoder.completions.braces import by_braces, closed, leading


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("  return 1;\n}\nmore();\n", "f() {\n  return 1;\n}\n"),
        ('  return "}";\n}\n', 'f() {\n  return "}";\n}\n'),
        ("  // }\n  return 1;\n}\n", "f() {\n  // }\n  return 1;\n}\n"),
        ("  if (x) { y(); }\n}\nz {}\n", "f() {\n  if (x) { y(); }\n}\n"),
        ("  return 1;\n", None),
    ],
)
def test_the_brace_that_closes_the_prompts_function_is_its_end(text, right):
    assert by_braces("f() {\n", text) == right


def test_a_prompt_that_opens_nothing_has_no_such_brace():
    assert by_braces("def f\n", "  1\nend\n") is None


def test_braces_that_are_all_that_is_missing_are_put_in():
    assert closed("f() {\n", "f() {\n  return 1;\n") == "f() {\n  return 1;\n}\n"
    assert closed("f() {\n", "f() {\n  if (x) {\n") == "f() {\n  if (x) {\n"


def test_tests_say_how_many_braces_they_close():
    assert leading("}\n\nfn main() {\n}\n") == 1
    assert leading("    }\n    void main() {\n    }\n}\n") == 2
    assert leading("test();\n") == 0
