"""`report`."""

import pytest

from kcoder.choose import validated
from kcoder.section import Wires
from kcoder.sections.data import DataSection
from kcoder.sections.evaluate import EvaluateSection
from kcoder.sections.model import ModelSection
from kcoder.sections.report import ReportSection

EVALUATE = validated(EvaluateSection, {"benchmark": "mini", "samples": 1, "temperature": 0, "pass_at": [1]})


def up(**sections):
    return ModelSection(id="x").steps(Wires(name="n", why="w", sections=sections, settings={"train.r": 8}), "model")


def test_choices_are_made_on_steps_of_their_own():
    section = validated(ReportSection, {"select": {"on": "mini-dev"}})
    names = [s.name for s in section.steps(up(evaluate=EVALUATE), "report").steps]
    assert names[1:] == [
        "select.python.references",
        "select.base.python.complete",
        "select.base.python.execute",
        "select.base.score",
    ]


def test_without_a_choice_there_are_none():
    assert len(ReportSection().steps(up(evaluate=EVALUATE), "report").steps) == 1


def test_everything_that_was_made_is_gathered_by_its_kind():
    wires = DataSection(source="mini", language="python").steps(up(evaluate=EVALUATE), "data")
    wires = EVALUATE.steps(wires, "evaluate")
    [step] = ReportSection().conclude({"": wires})
    [variant] = step.stage.variants
    assert variant.settings == {"train.r": 8}
    assert list(variant.scores) == ["evaluate.base.score"]
    assert list(variant.references) == ["evaluate.python.references"]
    assert list(variant.dropped) == ["data.filter", "data.duplicates", "data.decontaminate"]
    assert list(variant.models) == ["model"]
    assert (step.stage.target, step.stage.kept) == ("python", ())


@pytest.mark.parametrize(
    ("select", "told", "path"),
    [
        ({"on": "mini"}, {"evaluate": EVALUATE}, ("select", "on")),
        ({"on": "mini-dev", "by": "pass@5"}, {"evaluate": EVALUATE}, ("select", "by")),
        ({"on": "mini-dev"}, {}, ("select",)),
    ],
)
def test_rules(select, told, path):
    section = validated(ReportSection, {"select": select})
    assert [o.path for o in section.objections(told)] == [path]


def test_development_problems_in_another_language_are_told_before_the_work():
    evaluate = validated(EvaluateSection, {"benchmark": "mini", "languages": ["lua"]})
    section = validated(ReportSection, {"select": {"on": {"mbpp": {"part": "validation"}}, "by": "pass@1"}})
    [told] = section.objections({"evaluate": evaluate})
    assert (told.message, told.hint) == ("report.select.on: mbpp dev has no problems in lua", "it has: python")
