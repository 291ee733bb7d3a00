"""`pretrain`."""

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
        "pretrain.data.split",
        "pretrain.begin",
        "pretrain.rows",
        "pretrain",
    ]
    assert up.base == up.model
    assert up.steps[4].stage.layers == 1
    assert up.steps[-1].stage.seed == 3
    assert up.rows is None  # its rows are its own; `data` gives those of the fine-tuning


def test_what_is_wrong_with_its_data_is_told_under_its_name():
    section = validated(PretrainSection, {"data": {"language": "python"}})
    [objection] = section.objections({})
    assert objection.path == ("data", "source")
    assert objection.message.startswith("pretrain.data.source: required")
