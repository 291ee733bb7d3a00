"""What a training costs besides memory: steps, tokens, checkpoints, disk and hours. Pure arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kcoder.shape import Shape
from kcoder.training.memory import FLOAT, Setting, state

if TYPE_CHECKING:
    from kcoder.training.method import Method

#: checkpoints that are kept at a time: the newest two and the best
KEPT = 3


@dataclass(frozen=True)
class Packed:
    """What is known of packed rows: their length and, once they are packed, how many they are and what is trained."""

    length: int
    rows: int | None = None
    trained: int | None = None
    valid: int | None = None

    @property
    def share(self) -> float:
        """The share of all slots that is trained; all of them where that is not known."""
        return self.trained / (self.rows * self.length) if self.rows and self.trained else 1.0


@dataclass(frozen=True)
class Cost:
    """Steps and tokens (padding included) are exact, or where `exact` is not set at most so many. None: not known."""

    steps: int | None
    exact: bool
    tokens: int | None
    checkpoints: int | None
    #: bytes of a checkpoint, and of all that is on the disk at a time at most
    checkpoint: float
    disk: float
    #: checkpoints that stand at once at most, the one being written among them
    standing: int = KEPT + 1
    #: steps whose weights are kept to choose among
    candidates: int = 0


def cost(how: Method, shape: Shape, setting: Setting, rows: Packed) -> Cost:
    """The steps follow the loop's own rule (`budget.steps`) but for `tokens`, whose last row it counts one by one."""
    size = how.batch_size * how.accumulate
    steps: int | None = how.max_steps if how.tokens is None else None
    exact = False
    if rows.rows:
        per_epoch = math.ceil(rows.rows / size)
        if how.tokens is None:
            steps, exact = min(how.max_steps, math.ceil(how.epochs * per_epoch)), True
        elif rows.trained:
            steps = math.ceil(how.tokens / rows.trained * per_epoch)
    trainable = setting.trainable(shape)
    checkpoint = FLOAT * trainable + state(shape, setting)
    saved = None if steps is None else math.ceil(steps / how.save_every)
    model = FLOAT * (shape.parameters if how.saves == "model" else trainable)
    # a checkpoint is whole before an older one goes; the model comes when the last is written
    standing = KEPT + 1 if saved is None else min(KEPT + 1, saved)
    candidates = how.keep or 0 if saved is None else min(how.keep or 0, saved)
    disk = max(checkpoint * standing, checkpoint * min(KEPT, standing) + model * (1 + candidates))
    disk += candidates * FLOAT * trainable
    tokens = None if steps is None else steps * size * rows.length
    return Cost(steps, exact, tokens, saved, checkpoint, disk, standing, candidates)


def seconds(how: Method, cost: Cost, rows: Packed, step: float, row: float, checkpoint: float) -> float | None:
    """How long it takes, from the seconds of a step, of measuring a row and of a checkpoint. At most, where it is not
    known how many steps or validation rows there are."""
    if cost.steps is None or cost.checkpoints is None:
        return None
    judged = min(how.valid_rows, rows.valid or how.valid_rows)
    return cost.steps * step + (cost.checkpoints + 1) * judged * row + cost.checkpoints * checkpoint
