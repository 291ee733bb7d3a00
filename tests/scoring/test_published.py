import polars as pl
import pytest

from kcoder.scoring.published import PUBLISHED, as_published, as_rows


def test_a_program_without_functions_counts_zero_in_cyclomatic_complexity():
    values = pl.DataFrame(
        {
            "cyclomatic": [3.0, 1.0],
            "cyclomatic_sum": [3.0, 0.0],
            "halstead_vocabulary": [4.0, 0.0],
            "halstead_length": [6.0, 0.0],
            "halstead_difficulty": [1.0, 0.0],
        }
    )
    found = as_published(values)
    assert (found["cyclomatic"]["mean"], found["cyclomatic"]["n"]) == (1.5, 2)
    assert found["halstead_length"]["mean"] == pytest.approx(3)


def test_two_published_sets_agree_in_every_measure_since_they_are_one():
    evol, magicoder = (row for row in as_rows() if "Evol" in row["name"] and row["question_mtld"] == 59.07)
    assert {key for key in evol if evol[key] != magicoder[key]} == {"name", "rows"}
    assert evol["rows"] - magicoder["rows"] == 89


def test_the_published_spreads_are_reciprocals_of_mean_cosines():
    assert all(0.75 < 1 / spread < 0.83 for row in PUBLISHED for spread in (row.question_spread, row.code_spread))
