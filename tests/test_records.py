"""Rows with an explicit schema."""

import polars as pl
import pytest

from kcoder.records import NOT_THE_MODELS, Document, Dropped, Outcome, Packed, Score, Verdict, frame, schema


def test_a_late_or_missing_value_keeps_its_column_and_type():
    rows = [{"metric": "a"}] * 200 + [{"metric": "b", "value": 1.5, "k": 3}]
    table = frame(Score, rows)
    assert table.schema == pl.Schema(schema(Score))
    assert table["value"][200] == 1.5
    assert table["value"].null_count() == 200


def test_a_column_that_is_not_of_the_kind_is_an_error():
    with pytest.raises(ValueError, match="Document has no column txet"):
        frame(Document, [{"txet": "x"}])


def test_dropped_rows_keep_every_column_of_the_document():
    assert set(Document.columns) < set(Dropped.columns)


def test_no_rows_are_a_table_too():
    assert frame(Packed, []).schema == pl.Schema(schema(Packed))


def test_verdicts_are_a_closed_set_and_outcomes_spell_them():
    assert len(Verdict) == 12
    assert {v.value for v in NOT_THE_MODELS} == {"no toolchain", "harness error"}
    assert Outcome.columns["verdict"] == "text"
