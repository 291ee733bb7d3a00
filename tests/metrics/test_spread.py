import numpy as np
import polars as pl
import pytest

from kcoder.metrics.spread import CodeSpread, QuestionSpread


def scores(metric, vectors):
    column = pl.Series(metric.needs[0], vectors.astype(np.float32))
    told = pl.DataFrame([column.extend_constant(None, 1)])
    return {row["metric"]: row for row in metric().score(told.lazy()).rows(named=True)}


def test_spread_is_the_reciprocal_of_the_mean_cosine():
    alike = np.hstack([np.full((19, 1), np.sqrt(0.8)), np.sqrt(0.2) * np.eye(19)])
    found = scores(QuestionSpread, alike)
    assert found["question_spread"]["value"] == pytest.approx(1.25)
    assert found["question_distance"]["value"] == pytest.approx(0.2)
    assert found["question_spread"]["n"] == 19


def test_it_is_not_defined_where_vectors_point_apart_and_says_so():
    found = scores(CodeSpread, np.vstack([np.eye(20), -np.eye(20)]))
    assert found["code_spread"]["value"] is None
    assert found["code_spread"]["interval"] == "not defined: the mean cosine is -0.026, not above 0"
    assert found["code_distance"]["value"] == pytest.approx(1 + 1 / 39)


def test_few_rows_are_too_few():
    found = scores(QuestionSpread, np.eye(20)[:4])
    assert found["question_spread"]["interval"] == "not defined: fewer than 10 rows"
    assert found["question_distance"]["n"] == 4
