import polars as pl

from kcoder.filters.size import MaxBytes, MinBytes


def reasons(filter_, *sizes):
    return pl.DataFrame({"bytes": sizes}).select(filter_.reason().alias("r"))["r"].to_list()


def test_what_is_larger_than_the_limit_drops_and_what_equals_it_stays():
    assert reasons(MaxBytes(), 1_000_000, 1_000_001) == [None, "size > 1,000,000 bytes"]


def test_what_is_smaller_than_the_limit_drops_and_an_empty_text_is():
    assert reasons(MinBytes(), 1_024, 1_023, 0) == [None, "size < 1,024 bytes", "size < 1,024 bytes"]
