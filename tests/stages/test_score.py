"""Outcomes become scores."""

from typing import ClassVar

import polars as pl

from kcoder.host import Host
from kcoder.records import Outcome, Score, frame
from kcoder.stage import Stage, Step
from kcoder.stages.score import ScoreOutcomes


class Executed(Stage):
    produces: ClassVar = {"outcomes": Outcome}


def test_languages_are_scored_apart_and_every_score_says_of_what(tmp_path):
    inputs = {}
    for language, verdicts in (("lua", ["passed", "wrong answer"]), ("python", ["passed", "passed"])):
        rows = [
            {"problem": f"p{n}", "benchmark": "b", "language": language, "sample": 0, "verdict": v, "isolation": "x"}
            for n, v in enumerate(verdicts)
        ]
        frame(Outcome, rows).write_parquet(tmp_path / f"{language}.parquet")
        inputs[Step(language, Executed())["outcomes"]] = tmp_path / f"{language}.parquet"
    stage = ScoreOutcomes(outcomes=tuple(inputs), of="tuned", temperature=0.2)
    facts = stage.run(inputs, tmp_path, Host())
    rows = pl.read_parquet(tmp_path / "scores.parquet")
    assert list(rows.columns) == list(Score.columns)
    told = rows.select("of", "language", "metric", "k", "n", "value", "temperature").rows()
    assert told == [("tuned", "lua", "pass@1", 1, 2, 0.5, 0.2), ("tuned", "python", "pass@1", 2, 2, 1.0, 0.2)]
    assert stage.summary(facts) == "lua pass@1 50.0 %   python pass@1 100.0 %"
