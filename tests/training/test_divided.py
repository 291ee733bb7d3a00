"""What a divided model cannot do. That it trains as a whole one does is in test_parallel.py."""

import pytest
import torch
import torch.distributed as dist

from kcoder.errors import MachineLacksError, UsageError
from kcoder.training.divided import Divided
from kcoder.training.machine import Machine
from kcoder.training.parallel import Parallel
from kcoder.training.team import here, meet

CPU = Machine("cpu", "float32", 1)


@pytest.fixture
def alone(tmp_path):
    """A group of one process."""
    meet((tmp_path / "meeting").as_uri(), 0, 1)
    yield here(Parallel(strategy="fsdp", processes=1))
    dist.destroy_process_group()


def test_a_model_in_four_bits_is_refused(alone):
    model = torch.nn.Linear(2, 2)
    model.weight = torch.nn.Parameter(torch.zeros(2, 2, dtype=torch.uint8), requires_grad=False)
    with pytest.raises(UsageError, match="cannot divide a model in four bits"):
        alone.ready(model, CPU)


def test_float16_is_refused(alone):
    with pytest.raises(MachineLacksError, match="cannot do float16"):
        alone.ready(torch.nn.Linear(2, 2), Machine("cpu", "float16", 1))


def test_weights_are_put_together_and_divided_again(alone):
    model = alone.ready(torch.nn.Sequential(torch.nn.Linear(3, 2)), CPU)
    weight = model[0].weight
    assert type(alone) is Divided
    whole = alone.whole(weight.detach())
    assert type(whole) is torch.Tensor
    part = alone.part(whole + 1, weight)
    assert type(part) is type(weight.detach())
    assert torch.equal(alone.whole(part), whole + 1)
    assert alone.part(torch.tensor(3.0), weight) == 3  # AdamW's count of steps is nobody's share


def test_the_gradient_is_shortened_by_its_whole_length(alone):
    model = alone.ready(torch.nn.Sequential(torch.nn.Linear(3, 2, bias=False)), CPU)
    model(torch.ones(1, 3)).sum().backward()
    weights = list(model.parameters())
    assert alone.clip(weights, 1.0) == pytest.approx(6**0.5)
    assert float(alone.whole(weights[0].grad).norm()) == pytest.approx(1.0, abs=1e-5)
