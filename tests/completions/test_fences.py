"""Code in prose."""

import pytest

from kcoder.completions.fences import fenced, is_prose, without_prose


def test_what_stands_between_fences_is_code_and_programs_come_first():
    text = "Run:\n```bash\npip install x\n```\nThen:\n```python\ndef f():\n    pass\n```\n"
    before, blocks = fenced(text)
    assert before == "Run:\n"
    assert [(block.tag, block.code) for block in blocks] == [
        ("python", "def f():\n    pass\n"),
        ("bash", "pip install x\n"),
    ]


def test_a_fence_that_is_never_closed_goes_on_to_the_end():
    assert fenced("```go\nfunc f() {\n")[1][0].code == "func f() {\n"


def test_the_indentation_of_a_fence_is_not_the_codes():
    assert fenced("  ```py\n  def f():\n      pass\n  ```\n")[1][0].code == "def f():\n    pass\n"


@pytest.mark.parametrize(
    "line", ["This function returns the sum.", "- It handles the empty list too.", "Here you go now:", "Say this:"]
)
def test_plain_language_is_told_from_code(line):
    assert is_prose(line)


@pytest.mark.parametrize("line", ["return a + b;", "String s = foo;", "if (x) {", "end", "Foo bar(baz)", "x = 1"])
def test_code_is_not_plain_language(line):
    assert not is_prose(line)


def test_prose_around_code_goes():
    assert without_prose("Here is the code now.\nx = 1\n\ny = 2\nThat is all there is.\n") == "x = 1\n\ny = 2\n"
