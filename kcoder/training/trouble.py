"""What goes wrong in a training, seen early, and what to change: no number, divergence, too little memory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, Any

import torch

from kcoder.errors import KcoderError, MachineLacksError
from kcoder.training.machine import Machine

if TYPE_CHECKING:
    from kcoder.training.method import Method

#: A training diverges when the median loss of so many steps lies so far (in nats per token) above where it began. One
#: nat more is a perplexity 2.7 times as high: a loss that jumps up and down, or falls slowly, comes nowhere near.
STEPS, ABOVE = 20, 1.0


def require_number(what: str, value: float, step: int, how: Method, machine: Machine, kept: str) -> None:
    """Raise KcoderError unless a loss or a length is a finite number. `kept` says what is left of the training."""
    if not math.isfinite(value):
        raise KcoderError(f"{what} is not a number at step {step}; {kept}", _calmer(how, machine))


def require_no_divergence(history: Sequence[dict[str, Any]], how: Method, machine: Machine, kept: str) -> None:
    """Raise KcoderError when the median loss of the last steps lies well above where the training began."""
    losses = [row["loss"] for row in history[1:][-STEPS:]]
    began = max(history[0]["valid"], history[min(1, len(history) - 1)].get("loss", 0.0))
    if len(losses) == STEPS and (now := median(losses)) > began + ABOVE:
        raise KcoderError(
            f"the training diverges: the median loss of the last {STEPS} steps is {now:.2f}, and it began at "
            f"{began:.2f}; {kept}",
            _calmer(how, machine),
        )


def _calmer(how: Method, machine: Machine) -> str:
    """What to change where the steps are too long or the numbers too coarse."""
    ways = [f"lower learning_rate ({how.learning_rate:g})", f"raise warmup ({how.warmup:g})"]
    if machine.dtype != "float32":
        ways.append(f"say precision: {'bf16 or ' if machine.dtype == 'float16' else ''}fp32")
    return f"{', '.join(ways[:-1])} or {ways[-1]}"


# ---- memory ------------------------------------------------------------------------------------------------------


def ran_out(error: RuntimeError) -> bool:
    """Whether the memory was used up. On a CPU torch says so in words only, where the system does not kill first."""
    return isinstance(error, torch.OutOfMemoryError) or "DefaultCPUAllocator: can't allocate memory" in str(error)


def fewer(rows: int, batch: int, processes: int = 1) -> int:
    """The largest number of rows, at most half of `batch`, that divides the rows of a step; 0 below one row each."""
    return next((size for size in range(batch // 2, 0, -1) if rows % size == 0 and size % processes == 0), 0)


def too_little_memory(how: Method, machine: Machine, fits: int, length: int) -> MachineLacksError:
    """The error of a training that ran out of memory, where `fits` rows at a time went through; 0: not even one."""
    where = f"the memory of this {'GPU' if machine.device.startswith('cuda') else 'machine'}"
    asked = how.batch_size * how.accumulate
    if fits:
        return MachineLacksError(
            f"batches of {how.batch_size} rows of {length:,} tokens do not fit into {where}; batches of {fits} do",
            f"say batch_size: {fits} and accumulate: {asked // fits}, which makes the same steps; "
            "or on_out_of_memory: halve, which finds that out by itself",
        )
    ways = [] if how.gradient_checkpointing else ["gradient_checkpointing: true"]
    ways += [f"sequence_length: {length // 2}", *(["method: lora"] if how.saves == "model" else [])]
    return MachineLacksError(
        f"not even one row of {length:,} tokens fits into {where} while training", f"say {', or '.join(ways)}"
    )


def too_little_together(how: Method, processes: int) -> MachineLacksError:
    """The error of a training that ran out of memory where each process holds a share of the model."""
    each = how.batch_size // processes
    fewer = [f"batch_size: {how.batch_size // 2} and accumulate: {2 * how.accumulate}"] if each % 2 == 0 else []
    ways = [*fewer, *([] if how.gradient_checkpointing else ["gradient_checkpointing: true"]), "more processes"]
    return MachineLacksError(
        f"{each} rows in each of the {processes} processes do not fit into memory, beside their shares of the model",
        f"say {', or '.join(ways)}",
    )


@contextmanager
def room_for_state(how: Method) -> Iterator[None]:
    """Around an optimizer's step, which smaller batches do not help: raises MachineLacksError that says what does."""
    try:
        yield
    except RuntimeError as error:
        if not ran_out(error):
            raise
        ways = [] if "8bit" in how.optimizer else ["optimizer: adamw_8bit"]
        ways += ["method: lora"] if how.saves == "model" else ["a smaller r"]
        message = "the gradients fit into memory, but not what the optimizer keeps of them"
        raise MachineLacksError(message, f"say {', or '.join(ways)}") from error
