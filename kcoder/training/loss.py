"""The loss of packed rows, without the logits of a whole batch in memory where they would be large.

Logits are the largest thing in a training: for each token a number for every word of the vocabulary, kept three times
over (logits, their softmax, its gradient). Here the hidden states go through the head in chunks instead, and each
chunk's gradient is taken at once. Where nothing of a token is trained, it never goes through the head at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.nn.functional import cross_entropy, linear

from kcoder.training.machine import Machine
from kcoder.training.memory import FEWEST, FLOAT, chunk
from kcoder.training.packing import IGNORE
from kcoder.training.probe import forward
from kcoder.training.rows import Rows

#: How much louder hidden states are made for the proof that logits are the head's own: a cap shows on large ones only.
LOUD = 1000.0

Scale = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Whole:
    """The loss over logits that are made all at once."""

    model: Any
    machine: Machine

    def backward(self, rows: Rows, tokens: int, scale: Scale) -> float:
        """Add the gradient of the rows' share in the mean over so many `tokens`; returns that share of the loss."""
        part = self._sum(rows) / tokens
        scale(part).backward()  # type: ignore[no-untyped-call]
        return part.item()

    @torch.no_grad()
    def total(self, rows: Rows) -> float:
        """The summed loss over the trained tokens."""
        return self._sum(rows).item()

    def _sum(self, rows: Rows) -> torch.Tensor:
        with self.machine.autocast():
            logits = forward(self.model, rows.ids, rows.positions)
        return cross_entropy(logits.float().flatten(0, 1), rows.targets.flatten(), ignore_index=IGNORE, reduction="sum")


@dataclass(frozen=True)
class Chunked(Whole):
    """The same loss, up to rounding, with the logits of `size` trained tokens in memory at a time."""

    head: torch.nn.Linear
    size: int

    def backward(self, rows: Rows, tokens: int, scale: Scale) -> float:
        states, targets = self._trained(rows)
        factor = scale(torch.ones((), device=states.device))
        dtype = getattr(torch, self.machine.dtype)
        part: Any = _ThroughTheHead.apply(  # type: ignore[no-untyped-call]
            states, self.head.weight, self.head.bias, targets, factor / tokens, self.size, dtype
        )
        part.backward()
        return float(part.detach() / factor)

    def _sum(self, rows: Rows) -> torch.Tensor:
        states, targets = self._trained(rows)
        total = torch.zeros((), device=states.device)
        for at in range(0, len(states), self.size):
            with self.machine.autocast():
                logits = self.head(states[at : at + self.size])
            total += cross_entropy(logits.float(), targets[at : at + self.size], reduction="sum")
        return total

    def _trained(self, rows: Rows) -> tuple[torch.Tensor, torch.Tensor]:
        """The hidden states of the tokens that are trained, and their targets."""
        trained = rows.targets != IGNORE
        return self.hidden(rows)[trained], rows.targets[trained]

    def hidden(self, rows: Rows) -> torch.Tensor:
        """What goes into the head: shape (rows, length, width)."""
        with self.machine.autocast(), _aside(self.head):
            return forward(self.model, rows.ids, rows.positions)


class _ThroughTheHead(torch.autograd.Function):
    """The cross entropy of hidden states through a linear layer, summed and multiplied by `share`.

    The gradient by a logit is its softmax, less one at the target: each chunk's logits become it in place, so that
    there is one copy of them and not three, and nothing is computed twice.
    """

    @staticmethod
    def forward(
        ctx: Any,
        states: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        targets: torch.Tensor,
        share: torch.Tensor,
        size: int,
        dtype: torch.dtype,
    ) -> torch.Tensor:
        by_states = torch.empty_like(states)
        by_weight = torch.zeros_like(weight) if weight.requires_grad else None
        by_bias = torch.zeros_like(bias) if bias is not None and bias.requires_grad else None
        matrix, offset = weight.to(dtype), None if bias is None else bias.to(dtype)
        loss = torch.zeros((), device=states.device)
        for at in range(0, len(states), size):
            its, target = states[at : at + size].to(dtype), targets[at : at + size, None]
            logits = linear(its, matrix, offset).float()
            logits -= logits.amax(1, keepdim=True)
            chosen = logits.gather(1, target)
            total = logits.exp_().sum(1, keepdim=True)
            loss += (total.log() - chosen).sum()
            logits *= share / total
            logits.scatter_add_(1, target, -share.expand_as(target))
            back = logits.to(dtype)
            by_states[at : at + size] = back @ matrix
            if by_bias is not None:
                by_bias += back.sum(0)
            if by_weight is not None and dtype == weight.dtype:
                by_weight.addmm_(back.t(), its)  # no second copy
            elif by_weight is not None:
                by_weight += back.t() @ its
            del logits, back  # before the next are made
        ctx.found = by_states, by_weight, by_bias
        return loss * share

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        found = (None if each is None else each.mul_(gradients[0]) for each in ctx.found)
        return *found, None, None, None, None


def choose(model: Any, rows: Rows, machine: Machine, say: Callable[[str], None]) -> Whole:
    """The loss for batches like `rows`: in chunks where their logits are large and this model's are its head's own.

    Some families cap their logits, or compute them otherwise: so it is asked of the model itself.
    """
    whole = Whole(model, machine)
    core = model.get_base_model() if hasattr(model, "get_base_model") else model
    head = core.get_output_embeddings()
    words = head.out_features if type(head) is torch.nn.Linear else core.get_input_embeddings().num_embeddings
    size = chunk(rows.ids.numel(), words)
    if size is None:
        return whole
    if type(head) is not torch.nn.Linear:  # none, an adapted or a quantised one
        reason = "it has no plain linear layer for a head"
    elif not _plain(model, head, rows, machine):
        reason = "they are not what its head gives"
    else:
        return Chunked(model, machine, head, size)
    held = rows.ids.numel() * words * FLOAT / 1e9
    say(f"the logits of a batch, {held:.1f} GB, are made all at once: {reason}")
    return whole


@torch.no_grad()
def _plain(model: Any, head: torch.nn.Linear, rows: Rows, machine: Machine) -> bool:
    """Whether the model's logits are what its head makes of the hidden states, and nothing is done to them after."""
    was_training = model.training
    model.eval()
    few = Rows(*(kind[:1, :FEWEST] for kind in (rows.ids, rows.positions, rows.targets))).on(machine.device)
    hidden = Chunked(model, replace(machine, dtype="float32"), head, FEWEST).hidden(few)
    louder = head.register_forward_pre_hook(lambda _, given: (given[0] * LOUD,))
    expected = forward(model, few.ids, few.positions).float()
    # a model that goes past its head has made logits even so
    found = head(hidden).float() if hidden.shape[-1] == head.in_features else None
    louder.remove()
    model.train(was_training)
    least = 1e-4 * float(expected.abs().max())
    return found is not None and torch.allclose(found, expected, rtol=1e-4, atol=least)


@contextmanager
def _aside(head: torch.nn.Linear) -> Iterator[None]:
    """While the head stands aside, a model that would return logits returns hidden states, whatever its family."""
    head.forward = lambda states: states  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        del head.forward
