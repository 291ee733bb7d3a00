"""Wires between steps."""

from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel, ConfigDict

from kcoder.plugin import load
from kcoder.records import Checkpoint, Document, History, Packed
from kcoder.stage import Input, Output, Stage, Step, Training, target


class Make(Stage):
    produces: ClassVar = {"rows": Document, "model": Checkpoint}


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)
    name: str
    found: dict[str, Output[Document]]


class Take(Stage):
    produces: ClassVar = {"rows": Document}
    one: Input[Document]
    many: tuple[Input[Document], ...] = ()
    parts: tuple[Part, ...] = ()


MAKE = Step("make", Make())


def test_every_input_is_found_however_deep_it_stands():
    rows = MAKE["rows"]
    take = Take(one=rows, many=(rows, rows), parts=(Part(name="p", found={"x": rows}),))
    assert [path for path, _ in take.inputs()] == ["one", "many[0]", "many[1]", "parts[0].found.x"]


def test_outputs_of_one_step_and_name_are_equal():
    assert MAKE["rows"] == MAKE["rows"]
    assert MAKE["rows"] != MAKE["model"]
    assert MAKE["rows"] != Step("make", Make())["rows"]
    assert len({MAKE["rows"], MAKE["rows"]}) == 1


def test_an_output_that_is_not_made_is_named():
    with pytest.raises(KeyError, match="make makes rows, model, not rwos"):
        MAKE["rwos"]


def test_where_an_output_stands():
    assert [target(Path("a"), "x", k).name for k in (Document, Checkpoint, History)] == ["x.parquet", "x", "x.jsonl"]


def test_only_a_stage_that_drops_must_account_for_every_row():
    assert not Take.conserves()
    assert load("stages", "filter").conserves()
    assert load("stages", "split").conserves()


def test_a_method_is_wired_after_its_options_are_chosen():
    class Method(Training):
        r: int = 8

    class Pack(Stage):
        produces: ClassVar = {"train": Packed, "valid": Packed}

    pack = Step("pack", Pack())
    wires = {"rows": pack["train"], "valid": pack["valid"], "model": MAKE["model"]}
    assert Method(r=4).wired(**wires, seed=7).seed == 7
    assert Method(seed=3).wired(**wires, seed=7).seed == 3
    assert [path for path, _ in Method().wired(**wires, seed=0).inputs()] == ["rows", "valid", "model"]
