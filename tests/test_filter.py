"""The two contracts that drop rows."""

import pytest

from kcoder.host import Host
from kcoder.plugin import load, names
from kcoder.tables.features import measure

FILTERS = names("filters")


def test_there_are_filters_and_sieves():
    assert {"max_line_length", "min_alphabetic"} <= set(FILTERS)
    assert "exact" in names("sieves")


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_reads_only_the_features_it_names_and_keeps_by_null(name):
    import polars as pl

    filter_ = load("filters", name)()
    features = measure(pl.Series(["def f(x):\n    return x\n", ""]))
    reasons = features.select(filter_.needs).select(reason=filter_.reason())["reason"]
    assert reasons[0] is None


@pytest.mark.parametrize("name", names("sieves"))
def test_a_sieve_answers_with_id_reason_and_evidence_whatever_the_order_of_rows(name):
    import polars as pl

    rows = pl.DataFrame({"id": ["b", "a", "c"], "text": ["x", "x", "y"], "prompt": [None, None, None]})
    rows = rows.with_columns(pl.col("prompt").cast(pl.String))
    sieve = load("sieves", name)()
    there, back = (sieve.drop(r.lazy(), Host()).sort("id") for r in (rows, rows.reverse()))
    assert there.columns == ["id", "reason", "evidence"]
    assert there.equals(back)
