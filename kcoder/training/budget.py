"""When a training ends: after steps, epochs or trained tokens; and when a run of it has to pause, after a time."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from kcoder.training.method import Method
    from kcoder.training.rows import Rows

_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")


def seconds(told: str) -> float:
    """The seconds of `3h`, `45m`, `1h30m` or `90s`. Raises ValueError for anything else, and for nothing at all."""
    found = _DURATION.fullmatch(told.replace(" ", ""))
    amounts = [float(amount or 0) for amount in found.groups()] if found else []
    if not any(amounts):
        raise ValueError(told)
    return sum(amount * unit for amount, unit in zip(amounts, (3600, 60, 1), strict=True))


def _readable(told: object) -> object:
    try:
        seconds(str(told))
    except ValueError:
        message = "expected a time with its units, got {told}"
        raise PydanticCustomError("duration", message, {"told": repr(told), "hint": "as in 45m, 3h or 1h30m"}) from None
    return told


#: a time such as `1h30m`
Duration = Annotated[str, BeforeValidator(_readable)]


def steps(how: Method, rows: Rows) -> int:
    """The steps of this training, known before the first, since the learning rate follows them.

    `tokens` ends it with the step in which so many have been trained, however many epochs that takes.
    """
    size = how.batch_size * how.accumulate
    per_epoch = math.ceil(len(rows) / size)
    if how.tokens is None:
        return min(how.max_steps, math.ceil(how.epochs * per_epoch))
    trained = rows.trained_each()
    epochs, before = divmod(how.tokens - 1, int(trained.sum()))
    reached = trained[rows.order(how.seed, epochs)].cumsum(0)
    last = int((reached <= before).sum())  # the row that holds the last of these tokens
    return epochs * per_epoch + last // size + 1


def candidates(how: Method, steps: int) -> tuple[int, ...]:
    """The steps whose weights are kept to choose among: `keep` of those that are measured, evenly spaced, with the
    last of all."""
    if not how.keep:
        return ()
    measured = [*range(how.save_every, steps, how.save_every), steps]
    number = min(how.keep, len(measured))
    return tuple(measured[(each * len(measured)) // number - 1] for each in range(1, number + 1))


@dataclass
class Allowance:
    """The time one run may take. It is spent when one more step and one more checkpoint might go beyond it."""

    limit: float = math.inf
    #: the longest measuring and sealing so far; at first a guess
    pause: float = 0.0
    clock: Callable[[], float] = time.monotonic
    step: float = 0.0
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def stepped(self, seconds: float) -> None:
        self.step = max(self.step, seconds)

    def paused(self, seconds: float) -> None:
        self.pause = max(self.pause, seconds)

    def spent(self) -> bool:
        return self.clock() - self.began + self.step + self.pause > self.limit
