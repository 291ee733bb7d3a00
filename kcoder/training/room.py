"""How much memory there is for a training: the GPU's, or else what this system, or its group, still gives."""

from __future__ import annotations

from dataclasses import dataclass

from kcoder import ram
from kcoder.training import gpu
from kcoder.training.memory import MIB

#: What a process holds once Python, torch, transformers and peft are imported (measured: 436 to 489 MiB), and what a
#: GPU's driver sets aside for one (not measured here).
PROGRAM, CONTEXT = 470 * MIB, 500 * MIB


@dataclass(frozen=True)
class Room:
    """Bytes that are free, where, and those that go before the first tensor."""

    where: str
    free: float
    program: float
    able: tuple[int, int] | None = None


def room() -> Room | None:
    """That of the GPU if there is one to be used, else of the system; None where the system does not tell."""
    if (able := gpu.capability()) and (free := gpu.free()):
        return Room("GPU", free, CONTEXT, able)
    left = ram.available()
    return Room("RAM", left, PROGRAM) if left else None
