"""AdamW, and its kin that take less memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from kcoder.training.method import Method


def make(how: Method, weights: Sequence[torch.nn.Parameter]) -> torch.optim.Optimizer:
    """Decay on matrices only: shrinking a bias or a norm's scale towards zero has no use."""
    both = [
        {"params": [p for p in weights if p.ndim > 1], "weight_decay": how.weight_decay},
        {"params": [p for p in weights if p.ndim < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in both if group["params"]]
    if how.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=how.learning_rate, betas=how.betas, fused=True)
    import bitsandbytes

    kinds = {
        "adamw_8bit": bitsandbytes.optim.AdamW8bit,
        "paged_adamw_8bit": bitsandbytes.optim.PagedAdamW8bit,
        "paged_adamw_32bit": bitsandbytes.optim.PagedAdamW32bit,
    }
    made: torch.optim.Optimizer = kinds[how.optimizer](groups, lr=how.learning_rate, betas=how.betas)
    return made
