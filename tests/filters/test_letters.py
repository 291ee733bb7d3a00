import polars as pl

from kcoder.filters.letters import MaxEntropy, MinAlphabetic, MinAlphanumeric
from kcoder.tables.features import measure


def reasons(texts, kind=MinAlphabetic, **options):
    chosen = kind(**options)
    return measure(pl.Series(texts), chosen.needs).select(chosen.reason().alias("reason"))["reason"].to_list()


def test_a_quarter_of_letters_is_enough_and_less_is_not():
    assert reasons(["a123", "a1234", ""]) == [None, "letters < 25 %", "letters < 25 %"]


def test_letters_of_any_script_count_and_digits_never():
    assert reasons(["变123", "é123", "١234"]) == [None, None, "letters < 25 %"]


def test_the_limit_can_be_told():
    assert reasons(["a123"], limit=0.5) == ["letters < 50 %"]
    assert reasons([""], limit=0.0) == [None]


def test_letters_and_digits_are_another_predicate_than_letters():
    assert reasons(["a123", "1234", "....", ""], MinAlphanumeric) == [None, None] + 2 * ["letters and digits < 25 %"]
    assert reasons(["1..."], MinAlphanumeric) == [None]


def test_random_bytes_drop_and_programs_do_not():
    noise = "".join(chr(32 + (n * 7919) % 95) for n in range(4000))
    program = "def f(x):\n    return [y for y in range(x) if y % 2]\n"
    assert reasons([noise, program, ""], MaxEntropy) == ["entropy > 5.8 bits", None, None]
