from kcoder.leaks.prose import head, prose
from kcoder.leaks.tokens import Marks

PROMPT = 'import math\n\n\ndef area(r):\n    """Return the area of a circle.\n    >>> area(1)\n    3.14\n    """\n'


def test_the_docstring_is_what_a_prompt_says_without_its_examples():
    told = prose(PROMPT, Marks("#"))
    assert "Return the area of a circle." in told
    assert "3.14" not in told and "import" not in told


def test_a_prompt_without_comments_says_all_of_itself():
    assert prose("Write a function to sum a list.", Marks("#")) == "Write a function to sum a list."


def test_the_head_is_the_last_line_of_code():
    assert head(PROMPT, Marks("#")).strip() == "def area(r):"
    assert head("Write a function to sum a list.", Marks("#")) == ""
