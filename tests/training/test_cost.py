"""Steps, tokens, checkpoints, disk and seconds."""

import pytest

from kcoder.plugin import load
from kcoder.stages.full import Full
from kcoder.stages.lora import Lora
from kcoder.training.cost import Packed, cost, seconds

SHAPE = load("models", "codegen").shape(
    load("models", "codegen").config(hidden=128, layers=2, heads=4, vocabulary=768, context=256)
)


def of(how, rows):
    return cost(how, SHAPE, how.setting(rows.length, rows.share), rows)


def test_packed_rows_make_the_steps_that_the_loop_will_make():
    told = of(Full(batch_size=4, accumulate=2, epochs=2.5, save_every=10), Packed(128, rows=81, trained=9000, valid=5))
    assert (told.steps, told.exact) == (28, True)  # 11 an epoch, the last not full
    assert told.tokens == 28 * 8 * 128
    assert told.checkpoints == 3


def test_max_steps_end_it_earlier_and_bound_what_is_not_packed():
    assert of(Full(max_steps=7), Packed(128, rows=800)).steps == 7
    unpacked = of(Full(max_steps=7), Packed(128))
    assert (unpacked.steps, unpacked.exact) == (7, False)


def test_steps_of_a_budget_in_tokens_need_rows():
    assert of(Full(tokens=5000), Packed(128)).steps is None
    told = of(Full(tokens=5000, batch_size=8), Packed(128, rows=80, trained=1000))
    assert (told.steps, told.exact) == (50, False)


def test_the_disk_holds_the_checkpoint_that_is_written_beside_those_that_are_kept():
    full, lora = of(Full(), Packed(128)), of(Lora(r=8), Packed(128))
    assert full.checkpoint == 12 * SHAPE.parameters
    assert (full.standing, full.disk) == (4, 4 * full.checkpoint)
    assert lora.disk == 4 * 3 * 4 * 8 * 2 * 2048


@pytest.mark.parametrize(("saved", "standing", "disk"), [(1, 1, 16), (2, 2, 28), (3, 3, 40), (4, 4, 48), (9, 4, 48)])
def test_fewer_checkpoints_take_less_and_the_model_beside_them(saved, standing, disk):
    told = of(Full(max_steps=3 * saved, save_every=3), Packed(128))
    assert (told.checkpoints, told.standing) == (saved, standing)
    assert told.disk == disk * SHAPE.parameters


def test_seconds_are_steps_validations_and_checkpoints():
    how, rows = Full(max_steps=100, save_every=50, valid_rows=10), Packed(128, rows=10_000, trained=1, valid=4)
    told = seconds(how, of(how, rows), rows, step=2.0, row=0.5, checkpoint=3.0)
    assert told == pytest.approx(100 * 2.0 + 3 * 4 * 0.5 + 2 * 3.0)
    assert seconds(Full(tokens=9), of(Full(tokens=9), Packed(8)), Packed(8), 1.0, 1.0, 1.0) is None


def test_weights_to_choose_among_take_disk_while_it_works_and_in_the_result():
    told = of(Full(max_steps=90, save_every=3, keep=5), Packed(128))
    assert (told.candidates, told.disk) == (5, (3 * 12 + 6 * 4 + 5 * 4) * SHAPE.parameters)
    assert of(Full(max_steps=6, save_every=3, keep=5), Packed(128)).candidates == 2
