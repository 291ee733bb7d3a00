import polars as pl

from kcoder.filters.letters import MinAlphabetic
from kcoder.tables.features import measure


def reasons(texts, **options):
    chosen = MinAlphabetic(**options)
    return measure(pl.Series(texts), chosen.needs).select(chosen.reason().alias("reason"))["reason"].to_list()


def test_a_quarter_of_letters_is_enough_and_less_is_not():
    assert reasons(["a123", "a1234", ""]) == [None, "letters < 25 %", "letters < 25 %"]


def test_letters_of_any_script_count_and_digits_never():
    assert reasons(["变123", "é123", "١234"]) == [None, None, "letters < 25 %"]


def test_the_limit_can_be_told():
    assert reasons(["a123"], limit=0.5) == ["letters < 50 %"]
    assert reasons([""], limit=0.0) == [None]
