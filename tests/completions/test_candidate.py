"""Prompts as trees, and the files that candidates are."""

import pytest

from kcoder.completions.candidate import begun, read
from kcoder.plugin import load


@pytest.mark.parametrize(
    ("language", "prompt", "name", "home"),
    [
        (
            "java",
            "import java.util.*;\nclass Problem {\n    public static long twice(long a) {\n",
            b"twice",
            b"Problem",
        ),
        ("rust", "fn help() {}\n\nfn twice(a: isize) -> isize {\n", b"twice", None),
        ("ruby", "def twice(a)\n", b"twice", None),
        ("python", 'def twice(a):\n    """Twice."""\n', b"twice", None),
    ],
)
def test_the_function_of_a_prompt_is_the_one_it_leaves_open(language, prompt, name, home):
    told = read(load("languages", language).syntax, prompt.encode())
    assert told.function is not None
    assert told.function.names == {name}
    assert begun(told.function, prompt.encode())
    assert (min(told.home.names) if told.home else None) == home


def test_a_prompt_that_opens_no_function_has_none():
    told = read(load("languages", "javascript").syntax, b"// write a program\n")
    assert told.function is None
