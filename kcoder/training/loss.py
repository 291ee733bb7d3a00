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
from torch.nn.functional import cross_entropy

from kcoder.training.machine import Machine
from kcoder.training.packing import IGNORE
from kcoder.training.probe import forward
from kcoder.training.rows import Rows

#: Logits of a batch up to this many bytes stay whole: below it chunks save nothing that matters.
WHOLE = 64 * 2**20
#: bytes of a chunk's logits, and the fewest tokens of a chunk
CHUNK, FEWEST = 64 * 2**20, 64
#: bytes of a logit
FLOAT = 4
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
        hidden, trained = self._hidden(rows), rows.targets != IGNORE
        states = hidden.detach()[trained].requires_grad_()
        loss = hidden.new_zeros((), dtype=torch.float32)
        for part in self._parts(states, rows.targets[trained]):
            share = part / tokens
            scale(share).backward()  # type: ignore[no-untyped-call]
            loss += share.detach()
        gradient = torch.zeros_like(hidden)
        if states.grad is not None:
            gradient[trained] = states.grad
        hidden.backward(gradient)  # type: ignore[no-untyped-call]
        return loss.item()

    def _sum(self, rows: Rows) -> torch.Tensor:
        hidden, trained = self._hidden(rows), rows.targets != IGNORE
        return sum(self._parts(hidden[trained], rows.targets[trained]), start=hidden.new_zeros((), dtype=torch.float32))

    def _hidden(self, rows: Rows) -> torch.Tensor:
        with self.machine.autocast(), _aside(self.head):
            return forward(self.model, rows.ids, rows.positions)

    def _parts(self, states: torch.Tensor, targets: torch.Tensor) -> Iterator[torch.Tensor]:
        """The summed loss of each chunk."""
        for at in range(0, len(states), self.size):
            with self.machine.autocast():
                logits = self.head(states[at : at + self.size])
            yield cross_entropy(logits.float(), targets[at : at + self.size], reduction="sum")


def choose(model: Any, rows: Rows, machine: Machine, say: Callable[[str], None]) -> Whole:
    """The loss for batches like `rows`: in chunks where their logits are large and this model's are its head's own.

    Some families cap their logits, or compute them otherwise: so it is asked of the model itself.
    """
    whole = Whole(model, machine)
    core = model.get_base_model() if hasattr(model, "get_base_model") else model
    head = core.get_output_embeddings()
    words = head.out_features if type(head) is torch.nn.Linear else core.get_input_embeddings().num_embeddings
    size = rows.ids.numel() * words * FLOAT
    if size <= WHOLE:
        return whole
    if type(head) is not torch.nn.Linear:  # none, an adapted or a quantised one
        reason = "it has no plain linear layer for a head"
    elif not _plain(model, head, rows, machine):
        reason = "they are not what its head gives"
    else:
        return Chunked(model, machine, head, max(FEWEST, CHUNK // (words * FLOAT)))
    say(f"the logits of a batch, {size / 1e9:.1f} GB, are made all at once: {reason}")
    return whole


@torch.no_grad()
def _plain(model: Any, head: torch.nn.Linear, rows: Rows, machine: Machine) -> bool:
    """Whether the model's logits are what its head makes of the hidden states, and nothing is done to them after."""
    was_training = model.training
    model.eval()
    few = Rows(*(kind[:1, :FEWEST] for kind in (rows.ids, rows.positions, rows.targets))).on(machine.device)
    hidden = Chunked(model, replace(machine, dtype="float32"), head, FEWEST)._hidden(few)
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
