"""`evaluate`."""

import pytest

from kcoder.choose import validated
from kcoder.section import Wires
from kcoder.sections.data import DataSection
from kcoder.sections.evaluate import EvaluateSection
from kcoder.sections.model import ModelSection
from kcoder.sections.train import TrainSection
from kcoder.stage import Step
from kcoder.stages.borrow import Borrow


def evaluate(**told):
    return validated(EvaluateSection, {"benchmark": "mini", **told})


def test_base_is_always_evaluated_and_the_tuned_model_where_there_is_one():
    def who(up):
        made = evaluate(samples=1, temperature=0, pass_at=[1]).steps(up, "evaluate").steps
        return [s.name for s in made if s.name.startswith("evaluate")]

    up = ModelSection(id="x").steps(Wires(), "model")
    assert who(up) == [
        "evaluate.python.references",
        "evaluate.base.python.complete",
        "evaluate.base.python.execute",
        "evaluate.base.score",
    ]
    tuned = Step("train", Borrow(source="y"))
    assert who(up.then(tuned, model=tuned["model"]))[4:] == [
        "evaluate.tuned.python.complete",
        "evaluate.tuned.python.execute",
        "evaluate.tuned.score",
    ]


def test_the_benchmarks_own_solutions_come_first_and_every_score_knows_them():
    up = ModelSection(id="x").steps(Wires(), "model")
    made = {s.name: s for s in evaluate(temperature=[0.2, 0.8]).steps(up, "evaluate").steps}
    references = (made["evaluate.python.references"]["references"],)
    assert made["evaluate.base.t0.2.score"].stage.references == references
    assert made["evaluate.base.t0.8.score"].stage.references == references


def test_a_benchmark_without_solutions_has_none_to_judge():
    up = ModelSection(id="x").steps(Wires(), "model")
    made = evaluate(benchmark="multipl-e", languages=["python"]).steps(up, "evaluate").steps
    assert not [s.name for s in made if s.name.endswith("references")]


def test_each_temperature_has_its_steps():
    up = ModelSection(id="x").steps(Wires(), "model")
    names = [s.name for s in evaluate(temperature=[0.2, 0.8]).steps(up, "evaluate").steps]
    assert "evaluate.base.t0.2.score" in names and "evaluate.base.t0.8.score" in names


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"samples": 5, "temperature": 0.8}, "pass_at"),
        ({"temperature": 0, "pass_at": [1]}, "temperature"),
        ({"benchmark": "mini-dev"}, "benchmark"),
        ({"languages": ["python", "python"]}, "languages"),
    ],
)
def test_rules(told, field):
    assert [o.path[0] for o in evaluate(**told).objections({"model": None})] == [field]


REPORTED = {"source": "mini", "language": "python", "decontaminate": {"benchmarks": "mini", "mode": "report"}}


def held(train, **data):
    """What each score step is told of problems in training rows, after a model, data and this training."""
    up = ModelSection(id="x").steps(Wires(), "model")
    up = validated(DataSection, REPORTED | data).steps(up, "data")
    up = validated(TrainSection, {"method": train}).steps(up, "train")
    up = evaluate(samples=1, temperature=0, pass_at=[1]).steps(up, "evaluate")
    return {s.name: [str(leaks) for leaks, _ in s.stage.held] for s in up.steps if s.name.endswith(".score")}


def test_base_and_tuned_model_are_scored_on_the_same_clean_problems():
    found = ["data.decontaminate['leaks']"]
    assert held("lora") == {"evaluate.base.score": found, "evaluate.tuned.score": found}


def test_rows_that_taught_nothing_or_were_dropped_contaminate_nothing():
    assert held("none") == {"evaluate.base.score": []}
    assert held("lora", decontaminate="mini") == {"evaluate.base.score": [], "evaluate.tuned.score": []}
