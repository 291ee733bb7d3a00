"""GPT-2, and what was trained in its architecture, CodeParrot for one."""

from __future__ import annotations

from typing import ClassVar

from kcoder.model import LearntFamily
from kcoder.shape import Keeps, Kept


class Gpt2(LearntFamily):
    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(16, 8, 20, 8),
        frozen=Kept(16, 8, 20, 8),
        trained16=Kept(14, 2, 10, 4),
        frozen16=Kept(16, 2, 10, 4),
        token=16.0,
    )


GPT2 = Gpt2(
    name="gpt2",
    lora_targets=("c_attn", "c_proj", "c_fc"),
    lineage="GPT-2 was trained on WebText: pages linked from Reddit, of which little is code",
)
