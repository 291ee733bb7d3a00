import polars as pl

from kcoder.scoring.overlap import exact_overlap, near_overlap
from kcoder.similarity.across import pairs_across

STORY = "sort the numbers of a list from the smallest to the largest and print every one of them on a line of its own"


def rows(*pairs):
    return pl.DataFrame(pairs, schema={"prompt": pl.String, "text": pl.String}, orient="row")


def test_rows_of_one_set_are_counted_that_stand_in_another():
    found = exact_overlap(
        {
            "one": rows(("q", "a"), ("q", "a"), ("r", "b"), (None, "c")),
            "other": rows(("q", " a\n"), ("", "c"), ("r", "x")),
        }
    )
    assert found == {"one": {"other": 3}, "other": {"one": 2}}


def test_near_duplicates_are_counted_in_both_directions():
    found = near_overlap(
        {
            "one": rows((STORY, "x = 1"), (STORY, "x = 1"), ("something else altogether, of six words", "y = 2")),
            "other": rows((STORY + " please", "x = 1")),
            "third": rows(("nothing that anybody else has asked for yet", "z")),
        },
        pairs_across,
    )
    assert found == {
        "one": {"other": 2, "third": 0},
        "other": {"one": 1, "third": 0},
        "third": {"one": 0, "other": 0},
    }
