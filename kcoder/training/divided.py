"""A model that is divided among the processes of its training: torch's fully sharded data parallel (FSDP2).

Each block is put together for its forward pass and again for its backward pass. What stands outside of the blocks
(embeddings, the head) stays together from one to the other, so that the loss may take the head's weight by itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from kcoder.errors import MachineLacksError, UsageError
from kcoder.training.machine import Machine
from kcoder.training.team import Together


class Divided(Together):
    """Every process has a share of the model, of its gradients and of what the optimizer keeps of them."""

    divided = True

    def __init__(self) -> None:
        super().__init__("fsdp")

    def ready(self, model: Any, machine: Machine) -> Any:
        self.require_alike(machine)
        if not all(weight.is_floating_point() for weight in model.parameters()):
            raise UsageError("strategy: fsdp cannot divide a model in four bits", "say strategy: ddp")
        if machine.dtype == "float16":  # its scale would be another for each share
            raise MachineLacksError(
                "strategy: fsdp cannot do float16, which is all that this GPU has",
                "say precision: fp32, or strategy: ddp",
            )
        mesh = init_device_mesh(torch.device(machine.device).type, (self.size,))
        lists = [module for module in model.modules() if isinstance(module, torch.nn.ModuleList)]
        for block in max(lists, key=len, default=[]):
            fully_shard(block, mesh=mesh)
        fully_shard(model, mesh=mesh, reshard_after_forward=False)
        # it warns of what nobody does here: to change in place what the model returns
        warnings.filterwarnings("ignore", message=rf"FSDP2-wrapped module \({type(model).__name__}\)")
        for module in model.modules():
            if isinstance(module, FSDPModule):
                # gradients are shares of one mean already: summed, not averaged
                module.set_gradient_divide_factor(1.0)
                module.set_force_sum_reduction_for_comms(True)
        return model

    def begin(self, weights: Any) -> None:
        """They came from one seed, and each process keeps another part."""

    def reduce(self, weights: Sequence[torch.nn.Parameter]) -> None:
        """Done by the backward pass, for each block as it comes."""

    def clip(self, weights: Sequence[torch.nn.Parameter], longest: float) -> float:
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        norm = norm.full_tensor() if isinstance(norm, DTensor) else norm
        torch.nn.utils.clip_grads_with_norm_(weights, longest, norm)
        return float(norm)

    def whole(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor

    def part(self, whole: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        if not isinstance(like, DTensor) or whole.shape != like.shape:
            return whole
        whole = whole.to(like.device)
        return distribute_tensor(whole, like.device_mesh, like.placements, src_data_rank=None)

    def rest(self, model: Any) -> None:
        # else what was put together for it would be used again after the weights have changed
        for module in model.modules():
            if isinstance(module, FSDPModule):
                module.reshard()
