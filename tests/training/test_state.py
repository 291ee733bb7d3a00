"""State and parts of a training, saved and read again."""

import json
import math

import torch

from kcoder.training.resume import intact, place, seal
from kcoder.training.state import Parts, State, read


def parts(scaler=None):
    torch.manual_seed(3)
    weights = {"a": torch.nn.Parameter(torch.randn(4, 4)), "b": torch.nn.Parameter(torch.randn(4))}
    found = Parts(weights, torch.optim.AdamW(weights.values()), scaler or torch.amp.GradScaler("cpu", enabled=False))
    for weight in weights.values():
        weight.grad = torch.randn_like(weight)
    found.optimizer.step()
    return found


def test_what_was_saved_comes_back_with_its_random_numbers(tmp_path):
    saved = parts()
    history = [{"step": 0, "valid": 6.0}, {"step": 1, "loss": 5.5, "valid": 5.0}, {"step": 2, "loss": 4.0}]
    state = State(batch=2, step=2, tokens=77, best_step=1, history=history)
    seal(tmp_path, 2, lambda draft: saved.save(state, draft))
    expected = torch.rand(3)
    found = parts()
    found.put({name: torch.zeros_like(weight) for name, weight in found.weights.items()})
    found.load(place(tmp_path, 2))
    assert torch.equal(torch.rand(3), expected)
    for name, weight in saved.weights.items():
        assert torch.equal(found.weights[name], weight)
        assert torch.equal(
            found.optimizer.state[found.weights[name]]["exp_avg"], saved.optimizer.state[weight]["exp_avg"]
        )
    assert read(place(tmp_path, 2), 2) == state


def test_every_file_is_sealed_as_it_is_though_it_was_digested_while_it_grew(tmp_path):
    weights = {str(n): torch.nn.Parameter(torch.randn(1000, 500)) for n in range(8)}
    saved = Parts(weights, torch.optim.AdamW(weights.values()), torch.amp.GradScaler("cpu", enabled=False))
    for weight in weights.values():
        weight.grad = torch.randn_like(weight)
    saved.optimizer.step()
    seal(tmp_path, 1, lambda draft: saved.save(State(batch=2, step=1), draft))
    assert intact(tmp_path, 1)
    told = json.loads((place(tmp_path, 1) / "seal.json").read_text())
    assert {*told, "seal.json"} == {file.name for file in place(tmp_path, 1).iterdir()}


def test_the_scale_of_fp16_is_saved_too(tmp_path):
    saved = parts(torch.amp.GradScaler("cpu", init_scale=512.0))
    saved.scaler.scale(torch.ones(1))  # it makes its scale at the first use
    seal(tmp_path, 1, lambda draft: saved.save(State(batch=2), draft))
    found = parts(torch.amp.GradScaler("cpu"))
    found.load(place(tmp_path, 1))
    assert found.scaler.get_scale() == 512.0


def test_a_step_that_was_not_measured_is_infinitely_bad():
    state = State(batch=2, history=[{"step": 0, "valid": 6.0}, {"step": 1, "loss": 5.0}])
    assert (state.valid(0), state.valid(1), state.valid(9)) == (6.0, math.inf, math.inf)
    assert state.measured() == 6.0
    assert math.isnan(State(batch=2).measured())
