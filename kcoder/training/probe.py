"""Does this model keep packed documents apart?

Documents that share a row are separated only by their positions. Some architectures ignore them, and others
do when an attention mask is passed or `use_cache` is left on: every one of them trains on without a word,
each document seeing its neighbours. So this is asked of the model itself before the first step.
"""

from __future__ import annotations

from typing import Any

import torch

from kcoder.errors import KcoderError
from kcoder.training.machine import Machine


def forward(model: Any, ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Logits, shape (rows, length, vocabulary): the only way kcoder calls a model on packed rows."""
    logits: torch.Tensor = model(input_ids=ids, position_ids=positions, use_cache=False).logits
    return logits


@torch.no_grad()
def require_isolation(model: Any, family: str, context: int, machine: Machine) -> None:
    """Raise KcoderError unless other tokens in a row's first document leave the second's logits alone."""
    was_training = model.training
    model.eval()
    half = min(16, context // 2)
    draw = torch.Generator().manual_seed(0)
    rows = model.get_input_embeddings().num_embeddings
    ids = torch.randint(rows, (1, 2 * half), generator=draw)
    other = ids.clone()
    other[:, :half] = (ids[:, :half] + 1) % rows
    positions = torch.arange(half).repeat(2)[None].to(machine.device)
    with machine.autocast():
        before, after = (forward(model, row.to(machine.device), positions)[0] for row in (ids, other))
    model.train(was_training)
    if torch.equal(before[:half], after[:half]):
        raise KcoderError(f"the {family} model answers the same whatever it is given: its weights are broken")
    if not torch.equal(before[half:], after[half:]):
        leak = float((before[half:] - after[half:]).abs().max())
        raise KcoderError(
            f"{family} models let packed documents see each other (logits change by {leak:.2g}), "
            "so they cannot be trained on packed rows",
            "choose another model; codegen and llama keep documents apart",
        )
