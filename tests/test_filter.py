"""The two contracts that drop rows."""

import polars as pl
import pytest

from kcoder.host import Host
from kcoder.measures import measure
from kcoder.plugin import load, names
from kcoder.records import Document, frame

FILTERS = names("filters")


def test_there_are_filters_and_sieves():
    assert {"max_line_length", "min_alphabetic"} <= set(FILTERS)
    assert "exact" in names("sieves")


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_reads_only_what_it_names_and_keeps_a_plain_function(name):
    filter_ = load("filters", name)()
    row = {"id": "a", "text": "def f(x):\n    return x\n" * 60, "language": "python", "stars": 9, "repository_size": 9}
    rows = frame(Document, [row])
    measured = measure(rows, filter_.needs, Host())
    seen = pl.concat([rows.select("text", *filter_.columns), measured], how="horizontal")
    expected = "repeated lines > 70 %" if name == "max_repeated_lines" else None
    assert seen.select(reason=filter_.reason())["reason"].to_list() == [expected]


@pytest.mark.parametrize("name", [n for n in names("sieves") if n != "semantic"])
def test_a_sieve_answers_with_id_reason_evidence_and_cluster_whatever_the_order_of_rows(name):
    rows = frame(Document, [{"id": id_, "text": text} for id_, text in (("b", "x y"), ("a", "x y"), ("c", "y"))])
    sieve = load("sieves", name)()
    there, back = (sieve.drop(r.lazy(), Host()).dropped.sort("id") for r in (rows, rows.reverse()))
    assert there.columns == ["id", "reason", "evidence", "cluster"]
    assert there["id"].to_list() == ["b"]
    assert there.equals(back)
