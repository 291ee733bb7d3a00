import random

import polars as pl
import pytest

from kcoder.host import Host
from kcoder.records import Document, frame
from kcoder.sieves import exact
from kcoder.sieves.exact import Exact


def sift(rows, **options):
    table = frame(
        Document, [{"id": i, "prompt": prompt, "text": text, **dict(more)} for i, prompt, text, *more in rows]
    )
    return Exact(**options).drop(table.lazy(), Host())


def dropped(rows, **options):
    return sorted(sift(rows, **options).dropped.select("id", "cluster").rows())


def test_the_smallest_id_stays_and_is_the_evidence():
    rows = [("c", "p", "x"), ("a", "p", "x"), ("b", "p", "x"), ("d", "p", "y")]
    found = sift(rows)
    assert found.dropped.sort("id").rows() == [
        ("b", "exact duplicate", "a", "a"),
        ("c", "exact duplicate", "a", "a"),
    ]
    assert found.facts == {"compared": "prompt and text, raw"}


def test_the_order_of_rows_does_not_matter():
    rows = [(f"{n:02}", None, str(n % 7)) for n in range(50)]
    expected = dropped(rows)
    assert len(expected) == 43
    random.Random(0).shuffle(rows)
    assert dropped(rows) == expected


def test_prompt_and_text_are_compared_each_for_itself():
    assert dropped([("a", "ab", "c"), ("b", "a", "bc"), ("c", "x", "c"), ("d", "c", "x")]) == []


def test_no_prompt_is_an_empty_prompt():
    assert dropped([("a", None, "x"), ("b", "", "x")]) == [("b", "a")]


def test_a_space_more_makes_another_row():
    assert dropped([("a", None, "x"), ("b", None, "x ")]) == []


def test_normalised_texts_differ_in_line_ends_blanks_at_the_end_and_empty_lines_around():
    plain = "def f():\n    return 1\n\nx = 2"
    same = [
        plain.replace("\n", "\r\n"),
        plain.replace("\n", "\r"),
        plain.replace("\n", " \t\n"),
        f"\n \n{plain}\n\n",
        plain,
    ]
    rows = [(f"{n}", None, text) for n, text in enumerate(same)]
    assert dropped(rows, text="normalised") == [(f"{n}", "0") for n in range(1, 5)]
    assert dropped(rows) == []
    assert sift(rows, text="normalised").facts == {"compared": "prompt and text, normalised"}


@pytest.mark.parametrize(
    "other", ["def f():\n\treturn 1", "def f():\n  return 1", "def f():\n\n    return 1", "x  = 1"]
)
def test_indentation_blanks_within_a_line_and_empty_lines_between_count_in_normalised_texts(other):
    assert (
        dropped([("a", None, "def f():\n    return 1"), ("b", None, other), ("c", None, "x = 1")], text="normalised")
        == []
    )


def test_prompts_are_normalised_too():
    assert dropped([("a", "sort it ", "x"), ("b", "sort it\n", "x"), ("c", " \n", "y"), ("d", None, "y")]) == []
    rows = [("a", "sort it ", "x"), ("b", "sort it\n", "x"), ("c", " \n", "y"), ("d", None, "y")]
    assert dropped(rows, text="normalised") == [("b", "a"), ("d", "c")]


def test_which_copy_stays_is_a_rule():
    rows = [("a", None, "x", ("stars", 1)), ("b", None, "x\n\n", ("stars", None)), ("c", None, "x\n", ("stars", 5))]
    assert dropped(rows, text="normalised") == [("b", "a"), ("c", "a")]
    assert dropped(rows, text="normalised", keep="longest") == [("a", "b"), ("c", "b")]
    assert dropped(rows, text="normalised", keep="most_stars") == [("a", "c"), ("b", "c")]


def test_rows_that_do_not_fit_are_read_again(monkeypatch):
    rows = [(f"{n:03}", "p" * (n % 2), f"text {n % 70}") for n in range(200)]
    expected = dropped(rows)
    assert len(expected) == 130
    monkeypatch.setattr(exact, "HELD", 1000)
    monkeypatch.setattr(exact, "ROWS", 16)
    assert dropped(rows) == expected
    assert dropped([("a", None, "x" * 2000), ("b", None, "y")]) == []


def test_no_row_has_no_duplicate():
    assert sift([]).dropped.schema == dict.fromkeys(("id", "reason", "evidence", "cluster"), pl.String)
