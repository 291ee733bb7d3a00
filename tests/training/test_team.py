"""How the rows of a batch are divided. What several real processes do together is in test_parallel.py."""

import pytest
import torch

from kcoder.errors import MachineLacksError
from kcoder.training.machine import Machine
from kcoder.training.parallel import Parallel
from kcoder.training.rows import Rows
from kcoder.training.team import Alone, Together, here


class Pretended(Alone):
    """One of several that are not there."""

    def __init__(self, number, size):
        self.number, self.size = number, size


def rows(count):
    ids = torch.arange(count)[:, None].expand(count, 3)
    return Rows(ids, ids, ids)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 12])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_each_row_is_seen_once_and_all_have_as_many_batches(count, size):
    shares = [list(Pretended(number, size).share(rows(count), 4)) for number in range(size)]
    assert len({len(share) for share in shares}) == 1
    trained = [part.ids[(part.targets != -100).any(1)][:, 0].tolist() for share in shares for part in share]
    assert sorted(number for each in trained for number in each) == list(range(count))
    assert max(len(part) for share in shares for part in share) == min(max(1, 4 // size), count)


def test_a_batch_without_a_row_for_a_process_gives_it_one_that_trains_nothing():
    [part] = Pretended(1, 2).share(rows(1), 4)
    assert part.ids.tolist() == [[0, 0, 0]]
    assert part.trained() == 0


def test_one_process_is_alone_whatever_was_asked():
    for told in (None, Parallel(processes=2)):
        team = here(told)
        assert type(team) is Alone
        assert (team.first, team.used(), team.sum(2.5), team.any(False), team.from_first(3)) == (
            True,
            {},
            2.5,
            False,
            3,
        )


class OneGpu(Together):
    """One of two, of which the other has found a GPU."""

    def __init__(self):
        self.number, self.size = 0, 2

    def sum(self, told):
        return told + 1.0


def test_those_with_and_those_without_a_gpu_do_not_train_together():
    model = torch.nn.Linear(1, 1)
    with pytest.raises(MachineLacksError, match="1 of 2 processes have a GPU of their own") as refused:
        OneGpu().ready(model, Machine("cpu", "float32", 1))
    assert "as many on each machine as it has GPUs" in refused.value.hint
    OneGpu().require_alike(Machine("cuda", "float32", 1))
