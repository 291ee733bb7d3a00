"""pass@k by hand."""

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
