"""AdamW and its smaller kin."""

import pytest
import torch

from kcoder.stages.full import Full
from kcoder.training.optimizer import make


def weights():
    torch.manual_seed(0)
    return [torch.nn.Parameter(torch.randn(96, 96)), torch.nn.Parameter(torch.randn(96))]


def stepped(how, steps=5):
    found = weights()
    made = make(how, found)
    for _ in range(steps):
        for weight in found:
            weight.grad = torch.randn_like(weight)
        made.step()
    return made, found


@pytest.mark.parametrize("name", ["adamw", "adamw_8bit"])
def test_matrices_decay_and_vectors_do_not(name):
    found = weights()
    matrix, vector = (weight.detach().clone() for weight in found)
    made = make(Full(optimizer=name, learning_rate=0.1, weight_decay=0.5), found)
    for weight in found:
        weight.grad = torch.zeros_like(weight)
    made.step()
    assert torch.allclose(found[0], matrix * 0.95)
    assert torch.equal(found[1], vector)


def test_eight_bits_keep_a_quarter_and_learn_nearly_the_same():
    (whole, one), (small, two) = (stepped(Full(optimizer=name)) for name in ("adamw", "adamw_8bit"))

    def kept(made, weight):
        return sum(value.nbytes for name, value in made.state[weight].items() if name in NAMES)

    assert kept(small, two[0]) == kept(whole, one[0]) / 4
    start = weights()[0]
    assert torch.allclose(one[0] - start, two[0] - start, atol=3e-4)
    assert not torch.equal(one[0], two[0])


NAMES = {"exp_avg", "exp_avg_sq", "state1", "state2"}
