"""What a training tells while it works: a log with a line for every step, and the line that moves.

The log holds times and rates, which differ from run to run; what belongs to the result stands in the history.
"""

from __future__ import annotations

import contextlib
import json
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

import torch

from kcoder.artifact import write_durably
from kcoder.training.machine import Machine
from kcoder.training.state import State


class Metrics:
    """`metrics.jsonl`, appended to as the steps come. `slots` are the tokens of a step, padding included."""

    def __init__(self, file: Path, machine: Machine, steps: int, slots: int) -> None:
        self.file, self.machine, self.steps, self.slots = file, machine, steps, slots
        self.first, self.began, self.last = 0, 0.0, 0.0

    def begin(self, state: State) -> None:
        """Keep what was told of the steps up to this one: those after it are about to be done again."""
        self.first, self.began = state.step, time.monotonic()
        self.last = self.began
        kept = [line for line in _read(self.file) if _step(line) <= state.step]
        if not kept and state.step == 0:
            kept = [json.dumps({**state.history[0], "time": _now()})]
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_durably(self.file, "".join(f"{line}\n" for line in kept).encode())

    def step(self, state: State, norm: float) -> str:
        """Append the newest step; returns it as the line that moves. `norm` is the length of its gradient."""
        now = time.monotonic()
        took, self.last = now - self.last, now
        told = state.history[-1] | {
            "gradient_norm": norm,
            "tokens_per_second": round(self.slots / took, 1),
            "memory_gb": round(_memory(self.machine), 3),
            "seconds": round(took, 4),
            "time": _now(),
        }
        with self.file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(told) + "\n")
        each = (now - self.began) / (state.step - self.first)
        minutes, rest = divmod(round((self.steps - state.step) * each), 60)
        return (
            f"step {state.step}/{self.steps}  loss {told['loss']:.2f}  valid {state.measured():.2f}  "
            f"lr {told['learning_rate']:.1e}  {self.slots / each:,.0f} tok/s  {told['memory_gb']:.1f} GB  "
            f"{minutes}m{rest:02d}s left"
        )


def _read(file: Path) -> list[str]:
    with contextlib.suppress(FileNotFoundError):
        return file.read_text("utf-8", errors="replace").splitlines()
    return []


def _step(line: str) -> float:
    """The step a line tells of; beyond all steps where a kill has left half a line."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return float("inf")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _memory(machine: Machine) -> float:
    """The most memory used so far, in GB: the GPU's, or this process's."""
    if machine.device.startswith("cuda"):
        return torch.cuda.max_memory_allocated() / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
