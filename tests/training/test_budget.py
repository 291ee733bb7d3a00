"""When a training ends, and when a run of it pauses."""

import pytest
import torch
from pydantic import ValidationError

from kcoder.stages.full import Full
from kcoder.training.budget import Allowance, seconds, steps
from kcoder.training.rows import Rows


@pytest.mark.parametrize(
    ("told", "expected"),
    [("45m", 2700), ("3h", 10800), ("1h30m", 5400), ("1h 30m", 5400), ("90s", 90), ("1.5h", 5400), ("1h5s", 3605)],
)
def test_times_are_read_with_their_units(told, expected):
    assert seconds(told) == expected
    assert Full(time=told).time == told


@pytest.mark.parametrize("told", ["", "3", "h", "1:30", "3 hours", "30m1h", "-3h", "0m", "3d", 90])
def test_anything_else_is_refused_with_an_example(told):
    with pytest.raises(ValidationError, match="expected a time with its units") as refused:
        Full(time=told)
    assert refused.value.errors()[0]["ctx"]["hint"] == "as in 45m, 3h or 1h30m"


def rows(trained):
    """Rows of five tokens of which so many are trained."""
    targets = torch.tensor([[1] * each + [-100] * (5 - each) for each in trained])
    return Rows(targets, targets, targets)


def until(how, its):
    """The step after which so many tokens are trained, walking step by step."""
    step = tokens = epoch = 0
    while True:
        order = its.order(how.seed, epoch)
        for at in range(0, len(its), how.batch_size * how.accumulate):
            step += 1
            tokens += its.pick(order[at : at + how.batch_size * how.accumulate]).trained()
            if tokens >= how.tokens:
                return step
        epoch += 1


@pytest.mark.parametrize("tokens", [1, 2, 7, 18, 19, 20, 37, 38, 39, 500])
@pytest.mark.parametrize("options", [{"batch_size": 2}, {"batch_size": 1, "accumulate": 3, "seed": 4}])
def test_tokens_end_with_the_step_that_reaches_them(tokens, options):
    how, its = Full(tokens=tokens, **options), rows([1, 2, 3, 4, 5, 4])
    assert steps(how, its) == until(how, its)


def test_tokens_take_the_place_of_epochs_and_max_steps():
    assert steps(Full(tokens=100_000, batch_size=1), rows([5])) == 20_000
    with pytest.raises(ValidationError, match="tokens says when it ends, and so does epochs and max_steps"):
        Full(tokens=10, epochs=2, max_steps=3)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_an_allowance_is_spent_before_the_limit_by_a_step_and_a_checkpoint():
    clock = Clock()
    allowance = Allowance(60, pause=5, clock=clock)
    allowance.stepped(2)
    allowance.stepped(1)
    clock.now = 153
    assert not allowance.spent()
    clock.now = 153.1
    assert allowance.spent()
    clock.now = 149
    assert not allowance.spent()
    allowance.paused(10)
    assert allowance.spent()


def test_without_a_limit_it_is_never_spent():
    clock = Clock()
    allowance = Allowance(clock=clock)
    clock.now = 1e12
    assert not allowance.spent()
