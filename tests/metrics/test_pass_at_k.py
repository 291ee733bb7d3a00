"""pass@k by hand."""

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from kcoder.errors import KcoderError
from kcoder.metrics.pass_at_k import PassAtK
from kcoder.records import Outcome, frame


def outcomes(**problems):
    """`p1="PWF"`: problem p1 with one sample passed, one wrong, one never judged."""
    verdicts = {"P": "passed", "W": "wrong answer", "F": "harness error", "N": "no toolchain"}
    rows = [
        {"problem": p, "benchmark": "b", "language": "lua", "sample": i, "verdict": verdicts[v], "isolation": "process"}
        for p, told in problems.items()
        for i, v in enumerate(told)
    ]
    return frame(Outcome, rows).lazy()


def test_fewer_samples_than_k_are_refused_and_not_scored_as_one():
    with pytest.raises(KcoderError, match="pass@2 cannot be told: p2 have fewer than 2 samples"):
        PassAtK(k=(2,)).score(outcomes(p1="PW", p2="P"))


def test_one_sample_gives_k_of_n_with_wilsons_interval():
    problems = {f"p{i}": "P" if i < 23 else "W" for i in range(158)}
    [row] = PassAtK().score(outcomes(**problems)).rows(named=True)
    assert (row["metric"], row["k"], row["n"], row["interval"]) == ("pass@1", 23, 158, "wilson")
    assert [round(100 * row[c], 1) for c in ("value", "low", "high")] == [14.6, 9.9, 20.9]


def test_several_samples_average_over_problems_with_a_bootstrap():
    rows = PassAtK(k=(1, 2)).score(outcomes(p1="PP", p2="PW", p3="WW")).rows(named=True)
    assert [(r["metric"], r["k"], r["n"], r["samples"]) for r in rows] == [
        ("pass@1", None, 3, 2),
        ("pass@2", None, 3, 2),
    ]
    assert rows[0]["value"] == pytest.approx(1 / 2)
    assert rows[1]["value"] == pytest.approx(2 / 3)
    assert rows[0]["low"] <= rows[0]["value"] <= rows[0]["high"]


@pytest.mark.parametrize("strange", ["F", "N"])
def test_what_was_never_judged_is_not_averaged_over(strange):
    with pytest.raises(KcoderError, match="1 of 3 programs were never judged"):
        PassAtK().score(outcomes(p1="P", p2="W", p3=strange))


def test_no_outcomes_at_all_are_no_score():
    with pytest.raises(KcoderError, match="there are no outcomes to score"):
        PassAtK().score(frame(Outcome, []).lazy())


def test_a_sample_that_stands_twice_is_not_counted_twice():
    row = {
        "problem": "p1",
        "benchmark": "b",
        "language": "lua",
        "sample": 0,
        "verdict": "passed",
        "isolation": "process",
    }
    with pytest.raises(KcoderError, match="b in lua: p1 have a sample more than once"):
        PassAtK(k=(2,)).score(frame(Outcome, [row, row]).lazy())


@pytest.mark.parametrize("k", [(0,), (1, -1), ()])
def test_no_sample_is_none_to_look_at(k):
    with pytest.raises(ValidationError, match="k"):
        PassAtK(k=k)


@pytest.mark.parametrize(("samples", "k"), [(1, 1), (20, 1), (20, 10)])
def test_intervals_hold_the_truth_in_at_least_92_of_100_benchmarks(samples, k):
    """Each simulated benchmark draws 164 problems of its own, and samples of each; the truth is that of all."""
    draw = np.random.default_rng(0)
    truth = (1 - (1 - draw.beta(0.6, 1.4, 2_000_000)) ** k).mean()
    place = {"benchmark": "b", "language": "lua", "isolation": "namespaces"}
    problems = np.repeat(np.arange(164), samples)
    held = 0
    for _ in range(300):
        passed = draw.random((164, samples)) < draw.beta(0.6, 1.4, 164)[:, None]
        rows = pl.LazyFrame(
            {
                "problem": problems.astype(str),
                "sample": np.tile(np.arange(samples), 164),
                "verdict": np.where(passed.ravel(), "passed", "wrong answer"),
            }
        ).with_columns(**{name: pl.lit(value) for name, value in place.items()})
        [row] = PassAtK(k=(k,)).score(rows).rows(named=True)
        held += row["low"] <= truth <= row["high"]
    assert held / 300 >= 0.92
