"""Sections in order."""

import pytest

from kcoder.errors import UsageError
from kcoder.plugin import load
from kcoder.resolve import conclude, order, resolve
from kcoder.section import Section
from kcoder.spec.load import load_text
from kcoder.spec.read import read


def spec(text):
    reading = read(load_text(text, "s.yaml")[0])
    assert reading.faults == []
    return reading.spec


TEXT = """
name: x
evaluate: {benchmark: mini, samples: 1, temperature: 0, pass_at: [1]}
train: {method: full, max_steps: 1}
data: {source: mini, language: python, decontaminate: mini}
pretrain: {data: {source: mini, language: python, decontaminate: mini}}
"""


def test_sections_stand_in_the_fixed_order_however_the_spec_orders_them():
    assert order(spec(TEXT).sections) == ["pretrain", "data", "train", "evaluate", "report"]


def test_a_strangers_section_finds_its_place():
    class Judge(Section):
        after = ("data",)
        before = ("train",)

    assert order({**spec(TEXT).sections, "judge": Judge()}).index("judge") == 2


def test_a_circle_is_said():
    class First(Section):
        after = ("second",)

    class Second(Section):
        after = ("first",)

    with pytest.raises(UsageError, match="want to stand before each other"):
        order({"first": First(), "second": Second()})


def test_the_order_holds_through_a_section_that_is_not_there():
    """evaluate follows data even where train, between them, is missing."""
    sections = dict(spec(TEXT).sections)
    del sections["train"]
    names = order(sections)
    assert names.index("data") < names.index("evaluate")


def test_steps_are_named_after_their_section_and_wired_to_those_before():
    up = resolve(spec(TEXT))
    names = [step.name for step in up.steps]
    assert names[:2] == ["pretrain.data.read", "pretrain.data.filter"]
    assert names.index("pretrain") < names.index("train.rows") < names.index("train")
    train = next(step for step in up.steps if step.name == "train")
    assert [(path, str(o)) for path, o in train.stage.inputs()] == [
        ("rows", "train.rows['train']"),
        ("valid", "train.rows['valid']"),
        ("model", "pretrain['model']"),
    ]


def test_one_report_looks_at_all_variants():
    ups = {"a": resolve(spec(TEXT)), "b": resolve(spec(TEXT))}
    [report] = conclude(ups)
    assert [v.name for v in report.stage.variants] == ["a", "b"]
    assert load("sections", "report").always
