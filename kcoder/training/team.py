"""The processes of one training, as each of them sees the others.

Whatever they are, a step is the same: the rows of each batch are divided among them, gradients are summed (each is a
share in the mean over all trained tokens of the step already), and every process makes the same step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist

from kcoder.errors import MachineLacksError
from kcoder.training.machine import Machine
from kcoder.training.packing import IGNORE
from kcoder.training.rows import Rows

if TYPE_CHECKING:
    from kcoder.training.parallel import Parallel

#: How long a process waits for the others before it gives up. A sealed checkpoint of 100 GB takes a quarter of an hour.
PATIENCE = timedelta(minutes=30)
#: gradients below so many numbers travel together, in one message
SMALL = 2**18
#: far enough apart that no two processes draw the same random numbers
APART = 1_000_003


class Alone:
    """One process: what it says, all say."""

    number, size, divided = 0, 1, False

    @property
    def first(self) -> bool:
        """Whether this process writes and speaks for all."""
        return self.number == 0

    def used(self) -> dict[str, Any]:
        return {}

    def ready(self, model: Any, machine: Machine) -> Any:
        return model.to(machine.device)

    def begin(self, weights: Mapping[str, torch.nn.Parameter]) -> None:
        """Begin with the same weights everywhere."""

    def share(self, rows: Rows, batch: int) -> Iterator[Rows]:
        """This process's rows of each batch: as many batches for every process, one without trained rows if need be."""
        for part in rows.split(batch):
            each = math.ceil(len(part) / self.size)
            its = [n for n in range(self.number * each, (self.number + 1) * each) if n < len(part)]
            if self.size == 1:
                yield part
            elif its:
                yield part.pick(torch.tensor(its))
            else:
                yield Rows(part.ids[:1], part.positions[:1], torch.full_like(part.targets[:1], IGNORE))

    def from_first(self, told: float) -> float:
        """What the first process tells."""
        return told

    def any(self, told: bool) -> bool:
        return told

    def sum(self, told: float) -> float:
        return told

    def each(self, told: torch.Tensor) -> list[torch.Tensor]:
        """What every process tells, by number: tensors of one shape, not on a GPU."""
        return [told]

    def reduce(self, weights: Sequence[torch.nn.Parameter]) -> None:
        """Give every process the sum of all gradients."""

    def clip(self, weights: Sequence[torch.nn.Parameter], longest: float) -> float:
        """Shorten the gradient to this length; how long it was."""
        return float(torch.nn.utils.clip_grad_norm_(weights, longest))

    def whole(self, tensor: torch.Tensor) -> torch.Tensor:
        """A tensor that may be divided among the processes, undivided. All have to ask."""
        return tensor

    def part(self, whole: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        """This process's part of an undivided tensor, divided like another."""
        return whole

    def rest(self, model: Any) -> None:
        """After a forward pass that no backward pass follows."""


class Together(Alone):
    """Every process has the whole model (data parallel).

    Gradients are summed here and not by DistributedDataParallel: see `docs/decisions/0011`.
    """

    def __init__(self, strategy: str = "ddp") -> None:
        self.number, self.size, self.strategy = dist.get_rank(), dist.get_world_size(), strategy

    def used(self) -> dict[str, Any]:
        return {"strategy": self.strategy, "processes": self.size}

    def ready(self, model: Any, machine: Machine) -> Any:
        self.require_alike(machine)
        return super().ready(model, machine)

    def require_alike(self, machine: Machine) -> None:
        """Raise MachineLacksError where some have found a GPU and others have not: they could not talk."""
        gpus = int(self.sum(float(machine.device.startswith("cuda"))))
        if gpus not in (0, self.size):
            raise MachineLacksError(
                f"{gpus} of {self.size} processes have a GPU of their own, and the others have none",
                "start as many on each machine as it has GPUs, or say --device cpu",
            )

    def begin(self, weights: Mapping[str, torch.nn.Parameter]) -> None:
        for weight in weights.values():
            dist.broadcast(weight.detach(), 0)

    def from_first(self, told: float) -> float:
        sent = torch.tensor(told, dtype=torch.float64)
        dist.broadcast(sent, 0)
        return sent.item()

    def any(self, told: bool) -> bool:
        return self.sum(float(told)) > 0

    def sum(self, told: float) -> float:
        sent = torch.tensor(told, dtype=torch.float64)
        dist.all_reduce(sent)
        return sent.item()

    def each(self, told: torch.Tensor) -> list[torch.Tensor]:
        found = [torch.empty_like(told) for _ in range(self.size)]
        dist.all_gather(found, told)
        return found

    def reduce(self, weights: Sequence[torch.nn.Parameter]) -> None:
        reached = torch.tensor([weight.grad is not None for weight in weights], dtype=torch.int32)
        dist.all_reduce(reached)
        # what no row has reached anywhere is left without a gradient, as in one process
        moved = [weight for weight, times in zip(weights, reached.tolist(), strict=True) if times]
        for weight in moved:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
        gradients = [weight.grad for weight in moved if weight.grad is not None]
        waits = [dist.all_reduce(each, async_op=True) for each in gradients if each.numel() >= SMALL]
        if small := [each for each in gradients if each.numel() < SMALL]:
            flat = torch.cat([each.flatten() for each in small])
            dist.all_reduce(flat)
            for each, found in zip(small, torch.split(flat, [each.numel() for each in small]), strict=True):
                each.copy_(found.view_as(each))
        for wait in filter(None, waits):
            wait.wait()


def here(parallel: Parallel | None) -> Alone:
    """The processes this one trains with."""
    if parallel is None or not (dist.is_available() and dist.is_initialized()):
        return Alone()
    if parallel.strategy == "ddp":
        return Together()
    from kcoder.training.divided import Divided

    return Divided()


def meet(meeting: str, number: int, size: int) -> None:
    """Find the other processes. What they tell each other goes through the processors, gradients from GPU to GPU."""
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    dist.init_process_group(backend, init_method=meeting, rank=number, world_size=size, timeout=PATIENCE)
