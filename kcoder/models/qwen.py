"""Qwen2 (Qwen2.5-Coder) and Qwen3: Llama with shared keys and values; Qwen2's have biases, Qwen3's a norm."""

from __future__ import annotations

from typing import Any, ClassVar

from kcoder.model import GatedFamily, Marks
from kcoder.shape import Keeps, Kept

#: Qwen2.5-Coder, and all since with its vocabulary
FIM = Marks(prefix="<|fim_prefix|>", middle="<|fim_middle|>", suffix="<|fim_suffix|>")
STOPS = ("<|endoftext|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<|im_end|>")
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Qwen2(GatedFamily):
    """The published models have six or seven query heads to a key; made from nothing four share one."""

    sharing: ClassVar[int] = 4
    biased: ClassVar[bool] = True


class Qwen3(GatedFamily):
    """The size of a head stands in the config, free of the width's."""

    sharing: ClassVar[int] = 4
    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(24, 16, 16, 16),
        frozen=Kept(16, 12, 16, 12),
        trained16=Kept(26, 10, 8, 10),
        frozen16=Kept(18, 10, 8, 8),
        head=8.0,
    )

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        shape = super().config(hidden=hidden, layers=layers, heads=heads, vocabulary=vocabulary, context=context)
        return shape | {"head_dim": self.head(hidden, heads)}

    def small(self, hidden: int, head: int) -> int:
        return super().small(hidden, head) + 2 * head


QWEN2 = Qwen2(
    name="qwen2",
    lora_targets=TARGETS,
    fim=(FIM,),
    stops=STOPS,
    lineage="Qwen2.5-Coder continues Qwen2.5 on code of 92 languages, text about code and mathematics",
)
QWEN3 = Qwen3(
    name="qwen3",
    lora_targets=TARGETS,
    fim=(FIM,),
    stops=STOPS,
    lineage="Qwen3 was trained on web pages, documents and code, of which part was written by Qwen2.5 models",
)
