import polars as pl

from kcoder.host import Host
from kcoder.records import Document, frame
from kcoder.scoring.problems import LISTED, Problem, listings, problems

STORY = "sort the numbers of a list from the smallest to the largest and print every one of them on a line of its own"


def test_rows_that_say_nothing_or_nothing_new_are_counted_and_named():
    rows = frame(
        Document,
        [
            {"id": "a", "prompt": "add one", "text": "def f(x):\n    return x + 1\n"},
            {"id": "b", "prompt": "add one", "text": "def f(x):\n    return x + 1\n"},
            {"id": "c", "prompt": "add one, please", "text": "def f(x):  return x + 1"},
            {"id": "d", "prompt": "nothing", "text": " \n"},
            {"id": "e", "prompt": STORY, "text": "pass"},
            {"id": "f", "prompt": STORY + " please", "text": "pass"},
        ],
    )
    found = {each.name: each for each in problems(rows, Host())}
    assert {name: each.count for name, each in found.items()} == {
        "empty_answers": 1,
        "repeated_pairs": 1,
        "repeated_answers": 3,
        "near_duplicates": 1,
    }
    assert found["repeated_answers"].listed.rows() == [("b", "a"), ("c", "a"), ("f", "e")]
    assert found["near_duplicates"].listed["id"].to_list() == ["f"]
    assert "Jaccard ≥ 0.7" in found["near_duplicates"].label


def test_a_listing_names_the_first_rows_and_counts_all():
    many = pl.DataFrame({"id": [f"r{n}" for n in range(50)], "evidence": [None, *["x"] * 49]})
    [told] = listings([Problem("many", "many rows", many), Problem("none", "no rows", many.head(0))])
    assert (told["name"], told["count"], len(told["rows"])) == ("many", 50, LISTED)
    assert told["rows"][:2] == [["r0", ""], ["r1", "x"]]
