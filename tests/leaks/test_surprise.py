import polars as pl

from kcoder.leaks.surprise import bits
from kcoder.leaks.tokens import Marks, code

THEME = [f"def f(x):\n    return x + {n}\n" for n in range(20)]


def test_what_all_problems_share_surprises_less_than_what_one_has_alone():
    own = "def f(x):\n    while x % 7 in table:\n        x //= 3\n"
    tokens = code(pl.Series([*THEME, own]), Marks("#"), depth=1)
    found = bits(tokens, ["a"] * 21)
    shared = found[tokens.passage == 0].mean()
    alone = found[tokens.passage == 20].mean()
    assert alone > 2 * shared


def test_problems_of_another_benchmark_foretell_nothing():
    tokens = code(pl.Series([*THEME, THEME[0]]), Marks("#"), depth=1)
    found = bits(tokens, ["a"] * 20 + ["b"])
    assert found[tokens.passage == 20].sum() > found[tokens.passage == 0].sum()
