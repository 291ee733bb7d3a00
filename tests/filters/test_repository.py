import polars as pl

from kcoder.filters.repository import MaxRepositorySize, MinStars


def reasons(filter_, column, *values):
    rows = pl.DataFrame({column: values}, schema={column: pl.Int64})
    return rows.select(filter_.reason().alias("r"))["r"].to_list()


def test_few_stars_drop_and_unknown_ones_drop_with_a_reason_of_their_own():
    assert reasons(MinStars(limit=5), "stars", 5, 4, None) == [None, "stars < 5", "stars not known"]


def test_a_large_repository_drops():
    assert reasons(MaxRepositorySize(limit=9), "repository_size", 9, 10, None) == [
        None,
        "repository > 9 bytes",
        "repository's size not known",
    ]
