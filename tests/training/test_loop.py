import dataclasses
import json
from itertools import count
from pathlib import Path

import pytest
import torch

from kcoder.errors import KcoderError, MachineLacksError, TimeIsUp
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

    def made(said=None, machine=CPU, folder=None, **options):
        loaded = load(store.path("model"))
        said = said if said is not None else []
        host = Host(progress=said.append, say=said.append)
        train, valid = Rows.read(store.path("train")), Rows.read(store.path("valid"))
        how = Full(**{"learning_rate": 3e-3, "batch_size": 4, **options})
        folder = folder or tmp_path / f"checkpoints-{next(number)}"  # a second one would resume the first
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
    assert words[6:8] == ["lr", "0.0e+00"]
    assert "tok/s" in words
    assert said[1].endswith("GB  0m00s left")


def test_bfloat16_learns_what_float32_learns(loop):
    machine = dataclasses.replace(CPU, dtype="bfloat16")
    whole, half = loop(epochs=2).train(), loop(machine=machine, epochs=2).train()
    assert half.valid["best"] == pytest.approx(whole.valid["best"], rel=0.05)
    assert half.valid["best"] != whole.valid["best"]


def test_tokens_end_it_with_the_step_that_reaches_them(loop):
    result = loop(tokens=1000).train()
    rows = history(result)
    assert rows[-2]["tokens"] < 1000 <= rows[-1]["tokens"] == result.tokens
    assert rows[-1]["learning_rate"] == 0  # the cosine knew where the end is


def test_a_run_whose_time_is_up_leaves_a_checkpoint_and_the_next_goes_on(loop, tmp_path):
    whole = loop(max_steps=4).train()
    said = []
    for step in (1, 2, 3):  # a millisecond is no time for a step; each run does one all the same
        with pytest.raises(TimeIsUp, match=f"time: 0.001s is used up after step {step} of 4") as stopped:
            loop(said, folder=tmp_path / "timed", max_steps=4, time="0.001s").train()
        assert stopped.value.exit_code == 5
    result = loop(said, folder=tmp_path / "timed", max_steps=4, time="0.001s").train()
    assert [line for line in said if line.startswith("going")] == [f"going on after step {n} of 4" for n in (1, 2, 3)]
    assert result == whole
    log = [json.loads(line) for line in (tmp_path / "timed/metrics.jsonl").read_text().splitlines()]
    assert [row["step"] for row in log] == [0, 1, 2, 3, 4]


def test_with_time_to_spare_it_does_not_pause(loop):
    assert loop(max_steps=2, time="1h").train().steps == 2


def test_a_training_that_diverges_ends_with_the_best_checkpoint_kept(loop, tmp_path):
    with pytest.raises(KcoderError, match="the training diverges") as stopped:
        loop(
            learning_rate=3.0, scheduler="constant", warmup=0.0, epochs=99, save_every=5, folder=tmp_path / "x"
        ).train()
    told = stopped.value.message
    assert "the best checkpoint, of step 15, is kept in" in told
    assert (Path(told.rpartition(" in ")[2]) / "weights.safetensors").exists()


def test_a_gradient_that_is_no_number_changes_no_weight(loop, tmp_path):
    looped = loop(max_steps=3)
    [first, *_] = looped.parts.weights.values()
    first.register_hook(lambda gradient: gradient * torch.nan)
    before = first.detach().clone()
    with pytest.raises(
        KcoderError, match="the length of the gradient is not a number at step 1; there is no checkpoint"
    ):
        looped.train()
    assert torch.equal(first, before)


def full_above(looped, rows):
    """The memory is too small for more rows than so many; a real allocation fails."""

    def allocate(model, args, given):
        if len(given["input_ids"]) > rows and given["input_ids"].shape[1] == looped.rows.length:
            torch.empty(2**48)

    looped.model.register_forward_pre_hook(allocate, with_kwargs=True)
    return looped


def test_out_of_memory_it_goes_on_with_smaller_batches_where_that_is_allowed(loop, tmp_path):
    said = []
    whole = loop(max_steps=3).train()
    looped = full_above(loop(said, folder=tmp_path / "x", max_steps=3, on_out_of_memory="halve"), 1)
    result = looped.train()
    assert (
        "4 rows do not fit into memory: going on with batch_size 1 and accumulate 4, the same rows in each step" in said
    )
    assert (result.facts()["batch_size"], result.facts()["accumulate"]) == (1, 4)
    ours, theirs = history(result), history(whole)
    assert [row["tokens"] for row in ours] == [row["tokens"] for row in theirs]
    assert [row["loss"] for row in ours[1:]] == pytest.approx([row["loss"] for row in theirs[1:]], abs=1e-5)


def test_a_training_that_goes_on_keeps_its_smaller_batches(loop, tmp_path):
    options = {"folder": tmp_path / "x", "max_steps": 3, "on_out_of_memory": "halve", "time": "0.001s"}
    with pytest.raises(TimeIsUp):
        full_above(loop(**options), 2).train()
    with pytest.raises(TimeIsUp):
        (looped := loop(**options)).train()
    assert looped.state.batch == 2


def test_out_of_memory_says_what_fits(loop):
    with pytest.raises(
        MachineLacksError, match=r"batches of 4 rows of 48 tokens do not fit .* batches of 2 do"
    ) as stopped:
        full_above(loop(max_steps=3), 2).train()
    assert "say batch_size: 2 and accumulate: 2" in stopped.value.hint
    with pytest.raises(MachineLacksError, match="not even one row of 48 tokens fits") as stopped:
        full_above(loop(max_steps=3, on_out_of_memory="halve"), 0).train()
    assert "gradient_checkpointing: true" in stopped.value.hint


def test_logits_in_chunks_learn_what_whole_ones_learn(loop, monkeypatch):
    whole = history(loop(max_steps=4, save_every=2).train())
    monkeypatch.setattr("kcoder.training.memory.WHOLE", 0)
    looped = loop(max_steps=4, save_every=2)
    assert type(looped.loss).__name__ == "Chunked"
    chunked = history(looped.train())
    for name in ("loss", "valid"):
        expected = [row[name] for row in whole if name in row]
        assert [row[name] for row in chunked if name in row] == pytest.approx(expected, abs=2e-5)


def test_float16_scales_its_gradients_and_learns_what_float32_learns(loop, tmp_path):
    machine = dataclasses.replace(CPU, dtype="float16")  # slow on a CPU, and refused there, but the same code
    whole = loop(epochs=2).train()
    looped = loop(machine=machine, epochs=2, save_every=5, folder=tmp_path / "half")
    half = looped.train()
    assert half.valid["best"] == pytest.approx(whole.valid["best"], rel=0.05)
    assert looped.parts.scaler.get_scale() >= 1
    kept = torch.load(tmp_path / "half/step-10/optimizer.pt", weights_only=True)
    assert kept["scaler"]["scale"] == looped.parts.scaler.get_scale()


def test_a_gradient_beyond_float16_is_left_out_and_the_scale_lowered(loop):
    looped = loop(machine=dataclasses.replace(CPU, dtype="float16"), max_steps=2)
    [first, *_] = looped.parts.weights.values()
    before = first.detach().clone()
    first.register_hook(lambda gradient: gradient * torch.inf)
    looped.train()
    assert torch.equal(first, before)
    assert looped.parts.scaler.get_scale() == 65536 / 4
