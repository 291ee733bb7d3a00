"""The learning rate of each step."""

from __future__ import annotations

import math


def share(step: int, steps: int, warmup: float, scheduler: str, least: float) -> float:
    """The share of the full learning rate at `step` (1 to `steps`).

    It rises in a straight line over the first `warmup` share of the steps, then falls to `least` along half
    a cosine or a line, or stays ("constant"). The first step is not wasted on a rate of zero.
    """
    rising = math.ceil(warmup * steps)
    if step <= rising:
        return step / rising
    if scheduler == "constant":
        return 1.0
    done = (step - rising) / max(1, steps - rising)
    left = 0.5 * (1 + math.cos(math.pi * done)) if scheduler == "cosine" else 1 - done
    return least + (1 - least) * left
