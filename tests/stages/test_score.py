"""Outcomes become scores."""

from typing import ClassVar

import polars as pl
import pytest

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.metric import Metric
from kcoder.plugin import load
from kcoder.records import Document, Leak, Outcome, Reference, Score, Uncut, frame
from kcoder.stage import Stage, Step
from kcoder.stages.score import ScoreOutcomes


class Executed(Stage):
    produces: ClassVar = {"outcomes": Outcome}


class Solved(Stage):
    produces: ClassVar = {"references": Reference}


class Searched(Stage):
    produces: ClassVar = {"leaks": Leak, "train": Document}


class Halves(Metric):
    """A metric that wants at least two problems."""

    def score(self, rows):
        n = rows.select("problem").unique().collect().height
        if n < 2:
            raise KcoderError(f"{n} problem cannot be halved")
        return frame(Score, [{"benchmark": "b", "language": "lua", "metric": "halves", "value": 0.5, "n": n}])


@pytest.fixture
def judged(tmp_path):
    """Writes verdicts as texts of 1 and 0 by language, what was found in rows, and the rows that were learnt from."""

    def write(outcomes, leaks=(), learnt=(), at="", called="b"):
        inputs = {}
        for language, marks in outcomes.items():
            place = {"benchmark": called, "language": language, "sample": 0, "isolation": "x"}
            verdicts = ["passed" if mark == "1" else "wrong answer" for mark in marks]
            rows = [place | {"problem": f"p{n}", "verdict": verdict} for n, verdict in enumerate(verdicts)]
            inputs[Step(language, Executed())["outcomes"]] = tmp_path / f"{language}.parquet"
            frame(Outcome, rows).write_parquet(tmp_path / f"{language}.parquet")
        found, names = Step("data", Searched()), ("benchmark", "language", "problem", "row")
        told = {"leaks": frame(Leak, [dict(zip(names, each, strict=True)) for each in leaks])}
        told["train"] = frame(Document, [{"id": row} for row in learnt])
        for name, rows in told.items():
            inputs[found[name]] = tmp_path / f"{at}{name}.parquet"
            rows.write_parquet(inputs[found[name]])
        return inputs, (found["leaks"], found["train"])

    return write


def scored(tmp_path, inputs, *held, metrics=()):
    """The stage, its facts, and the scores it wrote."""
    outcomes = tuple(output for output in inputs if output.name == "outcomes")
    metrics = metrics or (load("metrics", "pass@k")(),)
    stage = ScoreOutcomes(outcomes=outcomes, of="tuned", temperature=0.2, metrics=metrics, held=held)
    facts = stage.run(inputs, tmp_path, Host())
    return stage, facts, pl.read_parquet(tmp_path / "scores.parquet")


def counts(rows):
    return rows.select("language", "problems", "k", "n").rows()


def test_languages_are_scored_apart_and_every_score_says_of_what(tmp_path, judged):
    inputs, _ = judged({"lua": "10", "python": "11"})
    stage, facts, rows = scored(tmp_path, inputs)
    assert list(rows.columns) == list(Score.columns)
    told = rows.select("of", "language", "problems", "metric", "k", "n", "value", "temperature").rows()
    assert told == [
        ("tuned", "lua", "all", "pass@1", 1, 2, 0.5, 0.2),
        ("tuned", "python", "all", "pass@1", 2, 2, 1.0, 0.2),
    ]
    assert stage.summary(facts) == "lua pass@1 50.0 %   python pass@1 100.0 %"
    assert stage.describe() == "2 languages, tuned"


def test_problems_that_a_training_row_holds_and_the_others_are_scored_apart_too(tmp_path, judged):
    leaks = [("b", "lua", "p0", "row 1"), ("b", "lua", "p0", "row 2"), ("b", "lua", "p2", "row 2")]
    inputs, held = judged({"lua": "1010", "python": "1000"}, leaks, ["row 1", "row 2"])
    stage, facts, rows = scored(tmp_path, inputs, held)
    # python's p0 and p2 are other problems of the same ids
    assert counts(rows) == [
        ("lua", "all", 2, 4),
        ("python", "all", 1, 4),
        ("lua", "clean", 0, 2),
        ("lua", "contaminated", 2, 2),
    ]
    assert rows["low"].null_count() == rows["high"].null_count() == 0
    assert stage.summary(facts) == "lua pass@1 50.0 %   python pass@1 25.0 %"
    assert stage.describe() == "2 languages, tuned, clean and contaminated problems apart"


@pytest.mark.parametrize(
    ("leak", "learnt"),
    [
        (("b", "lua", "p0", "row 1"), "row 2"),  # the row went into valid or test
        (("c", "lua", "p0", "row 1"), "row 1"),
        (("b", "rust", "p0", "row 1"), "row 1"),
        (("b", "lua", "p9", "row 1"), "row 1"),
    ],
)
def test_a_row_nobody_learnt_from_or_a_problem_nobody_asked_contaminates_nothing(tmp_path, judged, leak, learnt):
    inputs, held = judged({"lua": "10"}, [leak], [learnt])
    assert counts(scored(tmp_path, inputs, held)[2]) == [("lua", "all", 1, 2)]


def test_rows_of_equal_ids_in_two_sets_of_rows_are_kept_apart(tmp_path, judged):
    inputs, one = judged({"lua": "110"}, [("b", "lua", "p0", "row 1")], ["row 2"], at="one")
    more, other = judged({}, [("b", "lua", "p1", "row 2")], ["row 1"], at="other")
    assert counts(scored(tmp_path, inputs | more, one, other)[2]) == [("lua", "all", 2, 3)]
    more, other = judged({}, [("b", "lua", "p1", "row 2")], ["row 2"], at="other")
    assert counts(scored(tmp_path, inputs | more, one, other)[2])[1:] == [
        ("lua", "clean", 1, 2),
        ("lua", "contaminated", 1, 1),
    ]


def test_where_every_problem_was_learnt_from_no_score_of_clean_ones_is_told_with_the_reason(tmp_path, judged):
    inputs, held = judged({"lua": "10"}, [("b", "lua", f"p{n}", "row 1") for n in (0, 1)], ["row 1"])
    rows = scored(tmp_path, inputs, held)[2]
    [clean] = rows.filter(pl.col("problems") == "clean").to_dicts()
    assert (clean["metric"], clean["value"], clean["n"], clean["interval"]) == (
        "pass@1",
        None,
        0,
        "no problem is clean",
    )
    assert counts(rows)[2] == ("lua", "contaminated", 1, 2)


def test_problems_that_are_asked_in_another_way_are_contaminated_by_the_same_rows(tmp_path, judged):
    leaks = [("b", "lua", "p0", "row 1"), ("c", "lua", "p1", "row 1")]
    for called in ("b from java", "b+"):
        inputs, held = judged({"lua": "100"}, leaks, ["row 1"], called=called)
        rows = scored(tmp_path, inputs, held)[2]
        assert set(rows["benchmark"]) == {called}
        assert counts(rows)[2] == ("lua", "contaminated", 1, 1)


def test_a_metric_that_refuses_a_part_has_no_value_there_and_says_why(tmp_path, judged):
    inputs, held = judged({"lua": "100"}, [("b", "lua", "p0", "row 1")], ["row 1"])
    rows = scored(tmp_path, inputs, held, metrics=(Halves(),))[2]
    assert rows.select("problems", "metric", "value", "n", "interval").rows() == [
        ("all", "halves", 0.5, 3, None),
        ("clean", "halves", 0.5, 2, None),
        ("contaminated", "halves", None, 1, "1 problem cannot be halved"),
    ]


def test_a_metric_that_refuses_all_problems_stops_the_step(tmp_path, judged):
    inputs, held = judged({"lua": "1"}, [("b", "lua", "p0", "row 1")], ["row 1"])
    with pytest.raises(KcoderError, match="1 problem cannot be halved"):
        scored(tmp_path, inputs, held, metrics=(Halves(),))


def test_a_problem_that_its_own_solution_does_not_solve_is_left_out_and_named(judged, tmp_path):
    inputs, _ = judged({"lua": "1100", "python": "10"})
    solved = Step("solved", Solved())["references"]
    inputs[solved] = tmp_path / "references.parquet"
    place = {"benchmark": "b", "language": "lua"}
    verdicts = {"p0": "passed", "p1": "wrong answer", "p3": "build failed"}
    frame(Reference, [place | {"problem": n, "verdict": v} for n, v in verdicts.items()]).write_parquet(inputs[solved])
    outcomes = tuple(output for output in inputs if output.name == "outcomes")
    metrics = (load("metrics", "pass@k")(),)
    stage = ScoreOutcomes(outcomes=outcomes, of="base", temperature=0, metrics=metrics, references=(solved,))
    facts = stage.run(inputs, tmp_path, Host())
    assert counts(pl.read_parquet(tmp_path / "scores.parquet")) == [("lua", "all", 1, 2), ("python", "all", 1, 2)]
    assert facts["not_scored"] == [place | {"problem": "p1"}, place | {"problem": "p3"}]
    assert stage.summary(facts) == "lua pass@1 50.0 %   python pass@1 50.0 %   2 problems not scored"


class Raw(Stage):
    produces: ClassVar = {"uncut": Uncut}


def test_what_completions_score_uncut_has_a_name_of_its_own_and_the_difference_is_paired(judged, tmp_path):
    inputs, _ = judged({"lua": "1110"})
    output = Step("lua.uncut", Raw())["uncut"]
    rows = [
        {"benchmark": "b", "language": "lua", "problem": f"p{n}", "sample": 0, "isolation": "x", "verdict": verdict}
        for n, verdict in enumerate(["passed", "build failed", "build failed", "wrong answer"])
    ]
    inputs[output] = tmp_path / "uncut.parquet"
    frame(Uncut, rows).write_parquet(inputs[output])
    stage = ScoreOutcomes(
        outcomes=tuple(inputs)[:1], uncut=(output,), of="tuned", metrics=(load("metrics", "pass@k")(),)
    )
    facts = stage.run(inputs, tmp_path, Host())
    told = pl.read_parquet(tmp_path / "scores.parquet")
    assert told.select("metric", "problems", "value", "k", "n", "unit").rows() == [
        ("pass@1", "all", 0.75, 3, 4, None),
        ("pass@1 uncut", "all", 0.25, 1, 4, None),
        ("pass@1 cut - uncut", "all", 50.0, None, 4, "points"),
    ]
    assert told["low"][2] < 50 < told["high"][2]
    assert stage.summary(facts) == "lua pass@1 75.0 %   lua pass@1 uncut 25.0 %"


def test_problems_that_are_not_scored_are_left_out_of_the_uncut_score_too(judged, tmp_path):
    inputs, _ = judged({"lua": "11"})
    output, solved = Step("lua.uncut", Raw())["uncut"], Step("r", Solved())["references"]
    place = {"benchmark": "b", "language": "lua", "isolation": "x"}
    rows = [place | {"problem": f"p{n}", "sample": 0, "verdict": "passed"} for n in range(2)]
    for name, kind, told in (
        (output, Uncut, rows),
        (solved, Reference, [place | {"problem": "p1", "verdict": "wrong answer"}]),
    ):
        inputs[name] = tmp_path / f"{name.name}.parquet"
        frame(kind, told).write_parquet(inputs[name])
    stage = ScoreOutcomes(outcomes=tuple(inputs)[:1], uncut=(output,), references=(solved,), of="tuned")
    stage.run(inputs, tmp_path, Host())
    assert pl.read_parquet(tmp_path / "scores.parquet")["n"].to_list() == [1, 1, 1]
