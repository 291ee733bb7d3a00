"""Phi: Microsoft's small models. Phi-1.5 and Phi-2 are of one architecture, Phi-3 is Llama with joined projections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kcoder.model import GatedFamily, PlainFamily


class Phi(PlainFamily):
    """Half of every head is rotated."""

    unit: ClassVar[int] = 4


class Phi3(GatedFamily):
    """One context, short or long: nothing of the rotation is stretched."""

    further: ClassVar[Mapping[str, Any]] = {"sliding_window": None}

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        shape = super().config(hidden=hidden, layers=layers, heads=heads, vocabulary=vocabulary, context=context)
        return shape | {"original_max_position_embeddings": context}


PHI = Phi(
    name="phi",
    lora_targets=("q_proj", "k_proj", "v_proj", "dense", "fc1", "fc2"),
    # as Microsoft's own code had them, and with it the papers
    renamed=(("Wqkv", ("q_proj", "k_proj", "v_proj")), ("out_proj", ("dense",))),
    lineage=(
        "Phi-1.5 has seen code of The Stack and StackOverflow, and textbooks and exercises written by GPT-3.5; "
        "Phi-2 filtered web pages besides"
    ),
)
PHI3 = Phi3(
    name="phi3",
    lora_targets=("qkv_proj", "o_proj", "gate_up_proj", "down_proj"),
    stops=("<|end|>",),
    lineage="Phi-3 has seen filtered web pages and texts written by larger models, and was taught to chat",
)
