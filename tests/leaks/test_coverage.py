import polars as pl

from kcoder.leaks.coverage import Index
from kcoder.leaks.tokens import Marks, code

FIRST = "total = 0\nfor item in items:\n    if item > total:\n        total = item\nreturn total - len(items)\n"
SECOND = "left, right = 0, len(text) - 1\nwhile left < right:\n    left, right = left + 1, right - 1\nreturn left\n"


def index(*problems, common=5):
    tokens = code(pl.Series(problems), Marks("#"), depth=1)
    return Index(tokens, ["set"] * len(problems), n=4, common=common, share=0.6, gap=3)


def covers(found, *texts):
    return [(c.problem, c.row, round(c.share, 2)) for c in found.covers(code(pl.Series(texts), Marks("#")))]


def test_a_copy_covers_its_problem_and_another_program_none():
    copy = FIRST.replace("total", "best").replace("items", "rows")
    assert covers(index(FIRST, SECOND), copy, "def f(x):\n    return x + 1\n") == [(0, 0, 1.0)]


def test_half_of_a_problem_is_not_enough():
    assert covers(index(FIRST, SECOND), "total = 0\nfor item in items:\n    pass\n") == []


def test_what_many_other_problems_have_counts_for_none():
    alike = [FIRST.replace("0", str(n)) for n in range(8)]
    assert index(*alike).size.max() < index(FIRST, SECOND).size.max()
