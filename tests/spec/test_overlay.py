"""One spec over another."""

import pytest

from kcoder.errors import SpecError, UsageError
from kcoder.spec.load import load_text
from kcoder.spec.overlay import lay, load_spec, setting_node


def over(below, above):
    return lay(load_text(below, "a.yaml")[0], load_text(above, "b.yaml")[0]).plain()


def test_mappings_merge_and_lists_and_scalars_replace():
    below = "data: {source: x, languages: [a, b], split: {train: 0.8, valid: 0.1}}\nname: n"
    above = "data: {languages: [c], split: {valid: 0.2}}"
    assert over(below, above) == {
        "name": "n",
        "data": {"source": "x", "languages": ["c"], "split": {"train": 0.8, "valid": 0.2}},
    }


def test_a_word_is_the_mapping_with_its_field():
    assert over("train: lora", "train: {r: 8}") == {"train": {"method": "lora", "r": 8}}
    assert over("train: {method: lora, sequence_length: 64}", "train: lora") == {
        "train": {"method": "lora", "sequence_length": 64}
    }


def test_a_changed_method_takes_its_options_with_it_and_leaves_the_sections_own_fields():
    assert over("train: {method: lora, r: 8, sequence_length: 64}", "train: full") == {
        "train": {"method": "full", "sequence_length": 64}
    }


def test_values_keep_the_place_they_were_written_at():
    node = lay(load_text("train: {r: 8}", "a.yaml")[0], load_text("train: {r: 16}", "b.yaml")[0])
    assert node.entries["train"].entries["r"].at.file == "b.yaml"


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("train.r=16", {"train": {"r": 16}}),
        ("train=lora", {"train": "lora"}),
        ("train.learning_rate=1e-4", {"train": {"learning_rate": 1e-4}}),
        ("evaluate.languages=[no, lua]", {"evaluate": {"languages": ["no", "lua"]}}),
        ("why=a = b", {"why": "a = b"}),
        ("name=", {"name": None}),
    ],
)
def test_a_setting_follows_the_same_rules_as_the_file(setting, meant):
    assert setting_node(setting).plain() == meant


@pytest.mark.parametrize("setting", ["train.r", "=5", "train.r=[1, 2"])
def test_a_setting_that_is_none_is_refused(setting):
    with pytest.raises(UsageError, match="--set"):
        setting_node(setting)


def test_extends_lays_a_spec_over_another_file(tmp_path):
    (tmp_path / "base.yaml").write_text("name: base\ntrain: {method: lora, r: 8}\n")
    (tmp_path / "child.yaml").write_text("extends: base.yaml\nname: child\ntrain: {r: 16}\n")
    node, faults = load_spec(tmp_path / "child.yaml", ("train.alpha=32",))
    assert faults == []
    assert node.plain() == {"name": "child", "train": {"method": "lora", "r": 16, "alpha": 32}}


def test_extends_in_a_circle_and_of_nothing_are_faults_at_their_line(tmp_path):
    (tmp_path / "a.yaml").write_text("name: a\nextends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\n")
    (tmp_path / "c.yaml").write_text("name: c\nextends: d.yaml\n")
    with pytest.raises(SpecError, match="circle"):
        load_spec(tmp_path / "a.yaml")
    with pytest.raises(SpecError, match="no such file") as caught:
        load_spec(tmp_path / "c.yaml")
    assert caught.value.faults[0].place.line == 2


@pytest.mark.parametrize(
    "setting", ["name=!!python/object:os.system x", "name=a\nwhy: b", "why=\udcff", "extends=other.yaml"]
)
def test_a_setting_that_would_be_taken_in_part_is_refused(setting):
    with pytest.raises(UsageError, match="--set"):
        setting_node(setting)


def test_extends_of_a_name_that_no_file_has_is_a_fault_at_its_line(tmp_path):
    (tmp_path / "a.yaml").write_text('name: a\nextends: "\\0"\n')
    with pytest.raises(SpecError, match="no such file") as caught:
        load_spec(tmp_path / "a.yaml")
    assert caught.value.faults[0].place.line == 2


@pytest.mark.parametrize("top", ["name", "why", "extends", "variants", "sweep"])
def test_what_belongs_at_the_top_is_a_fault_in_a_variant(tmp_path, top):
    (tmp_path / "a.yaml").write_text(f"name: a\nvariants:\n  v:\n    seed: 2\n    {top}: x\n")
    _, [fault] = load_spec(tmp_path / "a.yaml")
    assert (fault.place.line, fault.message) == (5, f"variants.v.{top}: belongs at the top of a spec")
