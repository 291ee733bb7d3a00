"""The log of a training, and the line that moves."""

import json

import pytest

from kcoder.training.machine import Machine
from kcoder.training.metrics import Metrics
from kcoder.training.state import State

CPU = Machine("cpu", "float32", 1)
BEGUN = {"step": 0, "valid": 6.5, "tokens": 0}


def row(step):
    return {"step": step, "loss": 5.0 / step, "learning_rate": 1e-3, "tokens": 10 * step}


@pytest.fixture
def log(tmp_path):
    return tmp_path / "checkpoints" / "metrics.jsonl"


def told(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def go(metrics, state, *steps):
    """The lines that move, while these steps are done."""
    said = []
    for step in steps:
        state.step = step
        state.history.append(row(step))
        said.append(metrics.step(state, norm=0.5))
    return said


def test_every_step_has_a_line_as_soon_as_it_is_done(log):
    metrics, state = Metrics(log, CPU, steps=9, slots=100), State(batch=4, history=[BEGUN])
    metrics.begin(state)
    assert [each["step"] for each in told(log)] == [0]
    go(metrics, state, 1)
    [begun, first] = told(log)
    assert begun["valid"] == 6.5
    assert first["loss"] == 5.0 and first["learning_rate"] == 1e-3 and first["gradient_norm"] == 0.5
    assert first["tokens_per_second"] > 0 and first["seconds"] >= 0 and 0 < first["memory_gb"] < 100
    assert first["time"] >= begun["time"]


def test_the_line_says_loss_validation_rate_speed_memory_and_time_left(log):
    metrics, state = Metrics(log, CPU, steps=2, slots=100), State(batch=4, history=[BEGUN])
    metrics.begin(state)
    line = go(metrics, state, 1, 2)[-1]
    assert line.startswith("step 2/2  loss 2.50  valid 6.50  lr 1.0e-03  ")
    assert line.endswith(" GB  0m00s left") and " tok/s  " in line
    assert len(line) < 80


@pytest.mark.parametrize("torn", ["", '{"step": 5, "lo', "\x00\x00", "[]", '{"loss": 1}'])
def test_steps_that_are_done_again_and_half_lines_are_taken_back(log, torn):
    metrics, state = Metrics(log, CPU, steps=9, slots=100), State(batch=4, history=[BEGUN])
    metrics.begin(state)
    go(metrics, state, 1, 2, 3, 4)
    with log.open("a") as file:
        file.write(torn)
    resumed = State(batch=4, step=2, history=[BEGUN, row(1), row(2)])
    again = Metrics(log, CPU, steps=9, slots=100)
    again.begin(resumed)
    go(again, resumed, 3)
    assert [each["step"] for each in told(log)] == [0, 1, 2, 3]


def test_a_lost_log_costs_the_training_nothing(log):
    state = State(batch=4, step=2, history=[BEGUN, row(1), row(2)])
    metrics = Metrics(log, CPU, steps=9, slots=100)
    metrics.begin(state)
    go(metrics, state, 3)
    assert [each["step"] for each in told(log)] == [3]
