from kcoder.leaks.vocabulary import BUILTINS, KEYWORDS
from kcoder.plugin import load, names


def test_every_language_has_words_by_the_way_it_begins_a_comment():
    marks = {load("languages", name).comment for name in names("languages")}
    assert marks
    assert marks <= set(KEYWORDS) and marks <= set(BUILTINS)


def test_words_are_lower_case_names_that_a_program_may_hold():
    for known in (KEYWORDS, BUILTINS):
        assert all(word.isidentifier() for group in known.values() for word in group)
