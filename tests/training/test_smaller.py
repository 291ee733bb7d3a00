"""The smallest change that fits."""

from dataclasses import replace

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.model import published_models
from kcoder.plugin import load, names
from kcoder.stages.full import Full
from kcoder.stages.qlora import QLora
from kcoder.training.memory import need
from kcoder.training.smaller import fitting, other, same

KNOWN = published_models()["Salesforce/codegen-350M-mono"]
SHAPE = load("models", KNOWN.family).shape(KNOWN.config)
HOW = Full(batch_size=8).setting(1024)


def test_a_smaller_batch_with_more_of_them_comes_first():
    need_four = need(SHAPE, Full(batch_size=4, accumulate=2).setting(1024)).total
    (text, total), *_ = fitting(SHAPE, HOW, need_four)
    assert text == "batch_size: 4 and accumulate: 2"
    assert total == need_four


def test_changes_that_keep_the_steps_keep_the_rows_of_a_step():
    ways = list(same(HOW))
    assert len(ways) == 7
    assert {how.batch * how.accumulate for _, how in ways} == {8}
    assert ways[-1][0] == "gradient_checkpointing: true, batch_size: 1 and accumulate: 8"


def test_where_these_do_not_fit_another_way_of_training_does():
    least = need(SHAPE, list(same(HOW))[-1][1]).total
    ways = fitting(SHAPE, HOW, least - 1)
    assert next(text for text, _ in ways).startswith(("optimizer: adamw_8bit", "method: lora", "method: qlora"))
    assert all(total <= least - 1 for _, total in ways)


def test_nothing_is_proposed_that_does_not_fit():
    assert fitting(SHAPE, HOW, 100e6) == []


def test_what_is_in_four_bits_already_is_not_told_to_be():
    assert not [text for text, _ in other(QLora().setting(1024)) if "method" in text]


def test_a_model_made_from_nothing_is_not_told_to_take_an_adapter():
    assert [text for text, _ in other(HOW) if "lora" in text]
    assert not [text for text, _ in other(HOW, adapters=False) if "lora" in text]


@pytest.mark.parametrize("name", [name for name in names("models") if load("models", name).keeps])
def test_every_family_that_has_been_counted_has_the_checkpointing_that_is_proposed(name):
    known = load("models", name).config(hidden=64, layers=2, heads=4, vocabulary=300, context=64)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(name, **known, pad_token_id=0))
    assert model.supports_gradient_checkpointing


def test_batches_stay_such_that_processes_can_divide_them():
    assert {how.batch for _, how in same(replace(HOW, processes=4))} == {8, 4}


def test_what_a_divided_model_cannot_do_is_not_proposed():
    ways = list(other(replace(HOW, processes=2, divided=True)))
    assert any("method: lora" in text for text, _ in ways)
    assert not [text for text, _ in ways if "8bit" in text or "qlora" in text]
    assert all(how.processes == 2 and how.divided for _, how in ways)
