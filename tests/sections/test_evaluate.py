"""`evaluate`."""

import pytest

from kcoder.choose import validated
from kcoder.section import Wires
from kcoder.sections.evaluate import EvaluateSection
from kcoder.sections.model import ModelSection
from kcoder.stage import Step
from kcoder.stages.borrow import Borrow


def evaluate(**told):
    return validated(EvaluateSection, {"benchmark": "mini", **told})


def test_base_is_always_evaluated_and_the_tuned_model_where_there_is_one():
    def who(up):
        made = evaluate(samples=1, temperature=0, pass_at=[1]).steps(up, "evaluate").steps
        return [s.name for s in made if s.name.startswith("evaluate")]

    up = ModelSection(id="x").steps(Wires(), "model")
    assert who(up) == ["evaluate.base.python.complete", "evaluate.base.python.execute", "evaluate.base.score"]
    tuned = Step("train", Borrow(source="y"))
    assert who(up.then(tuned, model=tuned["model"]))[3:] == [
        "evaluate.tuned.python.complete",
        "evaluate.tuned.python.execute",
        "evaluate.tuned.score",
    ]


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
