"""What sections have in common."""

from typing import ClassVar

from kcoder.plugin import load
from kcoder.records import Checkpoint, Document, Leak
from kcoder.section import Wires, never_saved
from kcoder.stage import Input, Stage, Step, Training


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


class Found(Stage):
    produces: ClassVar = {"kept": Document, "leaks": Leak}


class Taught(Stage):
    produces: ClassVar = {"model": Checkpoint}

    rows: Input[Document] | None = None
    model: Input[Checkpoint] | None = None


def test_a_model_answers_for_the_leaks_in_the_rows_that_it_or_its_base_learnt_from():
    early, late = Step("pretrain.data", Found()), Step("data", Found())
    base = Step("pretrain", Taught(rows=early["kept"]))
    tuned = Step("train", Taught(rows=late["kept"], model=base["model"]))
    one, other = (early["leaks"], early["kept"]), (late["leaks"], late["kept"])
    up = Wires(leaks=(one, other))
    assert up.held_by(tuned["model"]) == (one, other)
    assert up.held_by(base["model"]) == (one,)
    assert up.held_by(Step("model", Taught())["model"]) == ()
