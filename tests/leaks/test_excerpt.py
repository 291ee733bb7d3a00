from kcoder.leaks.excerpt import LONGEST, beginning, excerpt
from kcoder.leaks.tokens import Marks

TEXT = "# first\na = 1\nb = 2  # second\nc = 3\n"


def test_whole_lines_are_shown_from_the_first_token_to_the_last():
    assert excerpt(TEXT, Marks("#"), 3, 5) == "b = 2  # second"
    assert excerpt(TEXT, Marks("#"), 0, 8) == "a = 1\nb = 2  # second\nc = 3"


def test_prose_is_counted_in_words():
    assert excerpt("One two\nthree four\nfive", None, 2, 3) == "three four"


def test_what_is_long_is_cut():
    shown = excerpt("x = 1\n" * 2000, Marks("#"), 0, 5999)
    assert len(shown) == LONGEST + 2


def test_of_a_long_text_the_beginning_is_shown():
    assert beginning("x" * LONGEST) == "x" * LONGEST
    assert beginning("x" * (LONGEST + 1)) == "x" * LONGEST + " …"
