"""An adapter added into the weights it changes, and the proof that the model stays the same.

Weights in four bits are taken out of them first: added into four bits, an adapter is rounded away. What comes out is
the model that was trained, at full size; the base's original weights with the same adapter would be another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from kcoder.errors import KcoderError

#: How far a logit may move, as a share of the largest one, or of 1 where that is less. In float32 merging moves
#: it by about 1e-6.
NEAR = 1e-4
#: tokens of the batch on which both models are asked
ROWS, LENGTH = 2, 32


def merge(model: Any, again: Callable[[Any], Any], say: Callable[[str], None]) -> Any:
    """The plain model of an applied adapter, in float32; `again` applies the adapter to another base.

    `say` is told how far the logits lie apart. Raises KcoderError where that is too far.
    """
    if getattr(model.get_base_model(), "is_loaded_in_4bit", False):
        from kcoder.training.four_bit import compute_in, dequantise

        compute_in(model, torch.float32)
        expected = logits(model)
        model = again(dequantise(model.unload()))
    else:
        expected = logits(model)
    plain = model.merge_and_unload()
    found = logits(plain)
    apart, largest = float((found - expected).abs().max()), float(expected.abs().max())
    if not apart <= NEAR * max(1.0, largest):
        raise KcoderError(
            f"merging changes the model: its logits lie up to {apart:.2g} from those of the adapter, of at most "
            f"{largest:.2g}",
            "use the adapter as it is",
        )
    say(f"the adapter is merged: logits lie at most {apart:.1e} from its own")
    return plain


@torch.no_grad()
def logits(model: Any) -> torch.Tensor:
    """Logits of a model on a batch of fixed random tokens, shape (rows, length, vocabulary)."""
    words = model.get_input_embeddings()
    draw = torch.Generator().manual_seed(0)
    limit = getattr(model.config, "max_position_embeddings", LENGTH)
    ids = torch.randint(words.num_embeddings, (ROWS, min(LENGTH, limit)), generator=draw)
    found: torch.Tensor = model(input_ids=ids.to(words.weight.device), use_cache=False).logits
    return found.float()
