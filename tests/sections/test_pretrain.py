"""`pretrain`."""

import pytest

from kcoder.choose import validated
from kcoder.section import Wires
from kcoder.sections.pretrain import PretrainSection


def test_a_model_from_nothing_is_a_tokenizer_packed_rows_and_a_training():
    section = validated(PretrainSection, {"data": {"source": "mini", "language": "python"}, "layers": 1})
    up = section.steps(Wires(seed=3), "pretrain")
    assert [s.name for s in up.steps] == [
        "pretrain.data.read",
        "pretrain.data.filter",
        "pretrain.data.duplicates",
        "pretrain.data.decontaminate",
        "pretrain.data.split",
        "pretrain.begin",
        "pretrain.rows",
        "pretrain",
    ]
    assert up.base == up.model
    assert up.steps[5].stage.layers == 1
    assert up.steps[-1].stage.seed == 3
    assert up.rows is None  # its rows are its own; `data` gives those of the fine-tuning


def test_what_is_wrong_with_its_data_is_told_under_its_name():
    section = validated(PretrainSection, {"data": {"language": "python"}})
    [objection] = section.objections({})
    assert objection.path == ("data", "source")
    assert objection.message.startswith("pretrain.data.source: required")


def test_a_model_that_is_to_fill_in_has_the_marks_for_it():
    told = {"data": {"source": "mini", "language": "python"}, "architecture": "llama", "fim": {"rate": 0.3}}
    section = validated(PretrainSection, told)
    up = section.steps(Wires(seed=3), "pretrain")
    stages = {step.name: step.stage for step in up.steps}
    assert stages["pretrain.begin"].marks == ("▁<PRE>", "▁<MID>", "▁<SUF>")
    assert (stages["pretrain.rows"].fim.rate, stages["pretrain.rows"].fim.seed) == (0.3, 3)
    assert not [each for each in section.objections({}) if each.path == ("fim",)]


def test_a_family_without_marks_of_its_own_gets_those_of_starcoder():
    told = {"data": {"source": "mini", "language": "python"}, "architecture": "codegen", "fim": {}}
    section = validated(PretrainSection, told)
    assert list(section.objections({})) == []
    [begin] = [step.stage for step in section.steps(Wires(), "pretrain").steps if step.name == "pretrain.begin"]
    assert begin.marks == ("<fim_prefix>", "<fim_middle>", "<fim_suffix>")


@pytest.mark.parametrize(
    ("architecture", "shape", "path", "said"),
    [
        ("llama", {"hidden": 36, "heads": 4}, "architecture", "a llama model of 36 hidden units cannot have 4 heads"),
        ("codegen", {"hidden": 96, "heads": 6}, "architecture", "a codegen model needs heads in multiples of 4, not 6"),
        ("gpt2", {"hidden": 38, "heads": 4}, "heads", "4 heads do not divide the width 38"),
    ],
)
def test_a_shape_the_family_cannot_have_is_objected_to(architecture, shape, path, said):
    told = {"data": {"source": "mini", "language": "python"}, "architecture": architecture, **shape}
    [objection] = validated(PretrainSection, told).objections({})
    assert objection.path == (path,)
    assert said in objection.message and objection.message.startswith(f"pretrain.{path}: ")


def test_problems_that_stay_in_its_rows_are_told_of():
    data = {"source": "mini", "language": "python", "decontaminate": {"benchmarks": "mini", "mode": "report"}}
    up = validated(PretrainSection, {"data": data}).steps(Wires(), "pretrain")
    assert [str(leaks) for leaks, _ in up.leaks] == ["pretrain.data.decontaminate['leaks']"]
