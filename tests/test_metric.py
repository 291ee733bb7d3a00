"""What every metric gives."""

import pytest

from kcoder.plugin import load, names
from kcoder.records import Outcome, Score, frame


@pytest.mark.parametrize("name", names("metrics"))
def test_every_score_has_its_count_and_its_interval(name):
    metric = load("metrics", name)()
    assert metric.of is Outcome
    rows = [
        {"problem": f"p{n}", "benchmark": "b", "language": "lua", "sample": 0, "verdict": v, "isolation": "process"}
        for n, v in enumerate(["passed", "wrong answer", "timed out"])
    ]
    for row in metric.score(frame(Outcome, rows).lazy()).rows(named=True):
        assert set(row) <= set(Score.columns)
        assert row["n"] == 3
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 1
        assert row["interval"]
