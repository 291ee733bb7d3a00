"""Trouble seen early, and what is said of it."""

import math

import pytest
import torch

from kcoder.errors import KcoderError, MachineLacksError
from kcoder.stages.full import Full
from kcoder.stages.lora import Lora
from kcoder.training.machine import Machine
from kcoder.training.trouble import (
    STEPS,
    fewer,
    ran_out,
    require_no_divergence,
    require_number,
    room_for_state,
    too_little_memory,
    too_little_together,
)

CPU = Machine("cpu", "float32", 1)
HALF = Machine("cuda:0", "float16", 1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_says_where_what_is_kept_and_what_to_change(value):
    with pytest.raises(KcoderError, match="the loss is not a number at step 7; step 5 is kept") as stopped:
        require_number("the loss", value, 7, Full(learning_rate=0.5, warmup=0.1), HALF, "step 5 is kept")
    assert stopped.value.hint == "lower learning_rate (0.5), raise warmup (0.1) or say precision: bf16 or fp32"
    require_number("the loss", 1e30, 7, Full(), CPU, "")


def history(*losses, valid=5.0):
    return [{"step": 0, "valid": valid}, *({"step": n, "loss": loss} for n, loss in enumerate(losses, 1))]


def test_a_loss_that_stays_above_its_beginning_is_divergence():
    with pytest.raises(KcoderError, match=r"median loss of the last 20 steps is 7\.00, and it began at 5\.50") as said:
        require_no_divergence(history(5.5, *[7.0] * STEPS), Full(), CPU, "step 5 is kept")
    assert "lower learning_rate" in said.value.hint and "precision" not in said.value.hint


@pytest.mark.parametrize(
    "losses",
    [
        [9.0] * (STEPS - 1),  # too few to tell
        [5.0] * 90 + [30.0] * 2,  # a jump
        [5.0, 5.9] * 50,  # nothing learnt
        [9.0] * 100,  # a first batch that is harder than the validation rows
        [5.0, *[0.1] * 50, *[4.9] * 50],  # all forgotten again, and no worse than at the start
    ],
)
def test_other_losses_are_none(losses):
    require_no_divergence(history(*losses), Full(), CPU, "")


def test_memory_that_ran_out_is_told_from_other_errors():
    with pytest.raises(RuntimeError) as refused:
        torch.empty(2**48)
    assert ran_out(refused.value)
    assert ran_out(torch.OutOfMemoryError("CUDA out of memory."))
    with pytest.raises(RuntimeError) as wrong:
        torch.ones(2) @ torch.ones(3)
    assert not ran_out(wrong.value)


@pytest.mark.parametrize(
    ("rows", "batch", "found"), [(8, 8, 4), (8, 4, 2), (8, 1, 0), (6, 6, 3), (5, 5, 1), (12, 6, 3)]
)
def test_fewer_rows_divide_a_step(rows, batch, found):
    assert fewer(rows, batch) == found


def test_fewer_rows_are_as_many_for_each_process():
    assert [fewer(24, 24, processes) for processes in (1, 2, 4, 8)] == [12, 12, 12, 8]
    assert fewer(8, 4, 4) == 0


def test_where_each_holds_a_share_of_the_model_what_to_change_is_said():
    said = too_little_together(Full(batch_size=8, accumulate=2), 2)
    assert said.message.startswith("4 rows in each of the 2 processes do not fit into memory")
    expected = "say batch_size: 4 and accumulate: 4, or gradient_checkpointing: true, or more processes"
    assert said.hint == expected
    assert "batch_size" not in too_little_together(Full(batch_size=2), 2).hint


def test_out_of_memory_says_what_fits():
    error = too_little_memory(Full(batch_size=8, accumulate=2), CPU, 2, 2048)
    assert error.exit_code == 3
    assert (
        error.message == "batches of 8 rows of 2,048 tokens do not fit into the memory of this machine; batches of 2 do"
    )
    assert error.hint.startswith("say batch_size: 2 and accumulate: 8, which makes the same steps; or on_out_of_memory")


def test_where_not_one_row_fits_it_says_what_takes_less():
    assert too_little_memory(Full(), HALF, 0, 2048).hint == (
        "say gradient_checkpointing: true, or sequence_length: 1024, or method: lora"
    )
    assert too_little_memory(Lora(gradient_checkpointing=True), HALF, 0, 2048).hint == "say sequence_length: 1024"


def test_an_optimizer_without_room_says_what_takes_less():
    with pytest.raises(MachineLacksError) as lacking, room_for_state(Full()):
        torch.empty(2**48)
    assert lacking.value.hint == "say optimizer: adamw_8bit, or method: lora"
    with pytest.raises(ZeroDivisionError), room_for_state(Full()):
        1 / 0  # noqa: B018
