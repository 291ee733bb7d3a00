import dataclasses
import json
from itertools import count

import pytest
import torch

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.stages.full import Full
from kcoder.training.checkpoint import load
from kcoder.training.loop import Loop
from kcoder.training.machine import Machine
from kcoder.training.rows import Rows

CPU = Machine("cpu", "float32", 1)


@pytest.fixture
def loop(store, tmp_path):
    """A loop over the store's rows with these options; `said` collects its progress lines."""

    number = count()

    def made(said=None, machine=CPU, **options):
        loaded = load(store.path("model"))
        host = Host(progress=(said if said is not None else []).append)
        train, valid = Rows.read(store.path("train")), Rows.read(store.path("valid"))
        how = Full(**{"learning_rate": 3e-3, "batch_size": 4, **options})
        folder = tmp_path / f"checkpoints-{next(number)}"  # a second one would resume the first
        return Loop(how, loaded.model, loaded.card, train, valid, machine, folder, host)

    return made


def history(result):
    return [json.loads(line) for line in result.history.splitlines()]


def test_it_learns_and_says_so_in_the_history(loop):
    result = loop(epochs=4, save_every=10).train()
    rows = history(result)
    assert [row["step"] for row in rows] == list(range(result.steps + 1))
    assert rows[0]["valid"] > 5
    assert result.valid["best"] < 0.8 * rows[0]["valid"]
    assert [row["step"] for row in rows if "valid" in row] == [0, 10, 20]
    assert set(rows[10]) == {"step", "loss", "learning_rate", "tokens", "valid"}


def test_steps_end_with_the_epochs_or_with_max_steps(loop):
    per_epoch = loop().per_epoch
    assert per_epoch == 5
    assert loop(epochs=2).steps == 10
    assert loop(epochs=2, max_steps=7).steps == 7
    assert loop(epochs=0.5).steps == 3


def test_an_epoch_sees_every_row_once(loop):
    looped = loop(epochs=2)
    seen = torch.cat([looped._numbers(step) for step in range(1, 6)])
    assert sorted(seen.tolist()) == list(range(len(looped.rows)))


def test_half_batches_accumulated_are_the_whole_batch(loop):
    whole = history(loop(max_steps=3).train())
    halves = history(loop(max_steps=3, batch_size=2, accumulate=2).train())
    assert [row["loss"] for row in halves[1:]] == pytest.approx([row["loss"] for row in whole[1:]], abs=1e-5)
    assert [row["tokens"] for row in halves] == [row["tokens"] for row in whole]


def test_the_loss_is_the_mean_over_trained_tokens(loop):
    looped = loop()
    rows = looped.rows.pick(torch.tensor([0, 1])).on("cpu")
    with torch.no_grad():
        log = looped.model(input_ids=rows.ids, position_ids=rows.positions, use_cache=False).logits.log_softmax(-1)
    by_hand = [
        -float(log[i, j, target])
        for i, row in enumerate(rows.targets.tolist())
        for j, target in enumerate(row)
        if target != -100
    ]
    assert looped._loss(rows).item() / rows.trained() == pytest.approx(sum(by_hand) / len(by_hand), abs=1e-5)


def test_the_weights_left_are_those_of_the_lowest_validation_loss(loop):
    # a rate that ruins the model soon after the warm-up
    looped = loop(learning_rate=1.0, scheduler="constant", warmup=0.9, epochs=4, save_every=1)
    result = looped.train()
    valid = [row["valid"] for row in history(result)]
    assert result.best_step == valid.index(min(valid[1:]), 1) < result.steps
    assert looped._measure(0) == pytest.approx(result.valid["best"])


def test_a_loss_that_is_no_number_names_the_step_and_what_to_do(loop):
    with pytest.raises(KcoderError, match="the loss is not a number at step 2") as stopped:
        loop(learning_rate=1e38, warmup=0.0, max_steps=9).train()
    assert "lower learning_rate (1e+38)" in stopped.value.hint


def test_progress_says_step_losses_speed_memory_and_time_left(loop):
    said = []
    loop(said, max_steps=2).train()
    assert len(said) == 2
    assert said[1].startswith("step 2/2  loss ")
    words = said[1].split()
    assert words[4] == "valid"
    assert "tok/s" in words
    assert said[1].endswith("GB  0m00s left")


def test_bfloat16_learns_what_float32_learns(loop):
    machine = dataclasses.replace(CPU, dtype="bfloat16")
    whole, half = loop(epochs=2).train(), loop(machine=machine, epochs=2).train()
    assert half.valid["best"] == pytest.approx(whole.valid["best"], rel=0.05)
    assert half.valid["best"] != whole.valid["best"]
