"""What sections have in common."""

from kcoder.plugin import load
from kcoder.section import Wires, never_saved
from kcoder.stage import Training


def test_wires_grow_and_never_change_in_place():
    before = Wires(name="x")
    after = before.then(target="lua")
    assert (before.target, after.target, after.name) == ("", "lua", "x")


def test_the_contract_a_section_absorbs_is_found_in_its_annotation():
    assert load("sections", "train").absorbed_contract() is Training
    assert load("sections", "pretrain").absorbed_contract() is Training
    assert load("sections", "data").absorbed_contract() is None


def test_only_a_save_every_that_is_written_can_be_beyond_the_end():
    method = load("stages", "full")
    assert list(never_saved("train", method(max_steps=100))) == []
    [objection] = never_saved("train", method(max_steps=100, save_every=500))
    assert objection.path == ("save_every",)
    assert "500 is beyond the 100 steps" in objection.message
    assert objection.hint == "save_every: 20"
