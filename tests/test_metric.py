"""What every metric gives."""

import numpy as np
import polars as pl
import pytest

from kcoder.metric import VECTORS
from kcoder.plugin import load, names
from kcoder.records import Document, Outcome, Score, frame

OF = {name: load("metrics", name).of for name in names("metrics")}
OUTCOMES = [name for name, of in OF.items() if of is Outcome]
DOCUMENTS = [name for name, of in OF.items() if of is Document]


def test_there_are_metrics_of_both_kinds():
    assert OUTCOMES
    assert len(DOCUMENTS) >= 7


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_score_of_outcomes_has_its_count_and_its_interval(name):
    rows = [
        {"problem": f"p{n}", "benchmark": "b", "language": "lua", "sample": 0, "verdict": v, "isolation": "process"}
        for n, v in enumerate(["passed", "wrong answer", "timed out"])
    ]
    for row in load("metrics", name)().score(frame(Outcome, rows).lazy()).rows(named=True):
        assert set(row) <= set(Score.columns)
        assert row["n"] == 3
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 1
        assert row["interval"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_score_of_documents_has_its_count_and_its_interval_or_the_reason_why_not(name):
    rows = [{"id": f"r{n}", "text": "x", "prompt": "a b a " * (n + 60), "language": "python"} for n in range(12)]
    vectors = np.random.default_rng(0).normal(1, 1, (12, 4)).astype(np.float32)
    table = frame(Document, rows).with_columns(
        *(pl.Series(column, vectors) for column in VECTORS),
        *(pl.Series(need, range(12)) for need in load("metrics", name).needs if need not in VECTORS),
    )
    scores = load("metrics", name)().score(table.lazy()).rows(named=True)
    assert scores
    for row in scores:
        assert set(row) <= set(Score.columns)
        assert row["n"] == 12
        assert row["interval"]
        if row["low"] is not None:
            assert row["low"] <= row["value"] <= row["high"]
