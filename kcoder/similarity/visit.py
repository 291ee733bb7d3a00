"""Which of several copies stays: the one that is visited first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kcoder.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    from kcoder.similarity.twins import Ints

#: `first`: the smallest id; `longest`: the most characters of text; `most_stars`: of the repository with the most
#: stars, unknown ones last. The smallest id decides between equals; ids compare byte by byte.
Order = Literal["first", "longest", "most_stars"]


def reads(order: Order) -> list[pl.Expr]:
    """What of a Document the order looks at: its id and, where that is not enough, `by`."""
    import polars as pl

    by = {"first": [], "longest": [pl.col("text").str.len_chars()], "most_stars": [pl.col("stars")]}
    return [pl.col("id"), *(each.cast(pl.Int64).alias("by") for each in by[order])]


def visit(rows: pl.DataFrame, order: Order) -> Ints:
    """The places of rows (columns of `reads`) in the order in which they are visited.

    Raises UsageError where stars should decide and no row knows any.
    """
    import polars as pl

    _known(rows, order)
    by, descending = (["id"], [False]) if order == "first" else (["by", "id"], [True, False])
    placed = rows.with_row_index("place").sort(by, descending=descending, nulls_last=True)
    return placed["place"].cast(pl.Int64).to_numpy()


def first_of(rows: pl.DataFrame, order: Order, row: Ints, stands: Ints) -> Ints:
    """Of each group the row that is visited first: groups are pairs of a row and the one that stands for its group.

    `rows` has the columns of `reads`. Returns, for each of the `rows`, the first of the group it stands for, itself
    where it stands for none. Raises UsageError where stars should decide and no row knows any.
    """
    import numpy as np

    _known(rows, order)
    columns = rows.get_columns()
    first = np.arange(rows.height)
    while row.size:
        one, other = ([column.gather(places) for column in columns] for places in (row, first[stands]))
        ahead = _ahead(one, other)
        row, stands = row[ahead], stands[ahead]
        # one of those ahead takes the place; who is ahead of it too is asked again
        first[stands] = row
    return first


def _ahead(one: list[pl.Series], other: list[pl.Series]) -> npt.NDArray[np.bool_]:
    """Whether each row of the one is visited before that of the other; both are id and, for some orders, `by`."""
    ahead = one[0] < other[0]
    for mine, theirs in zip(one[1:], other[1:], strict=True):
        # none of these numbers is negative
        ahead = (mine.fill_null(-1) > theirs.fill_null(-1)) | (mine.eq_missing(theirs) & ahead)
    return ahead.to_numpy()


def _known(rows: pl.DataFrame, order: Order) -> None:
    if order == "most_stars" and rows.height and rows["by"].null_count() == rows.height:
        hint = "say first or longest, or read a source that knows the stars"
        raise UsageError("most_stars: no row tells its repository's stars", hint)
