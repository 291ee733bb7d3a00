"""Phi: Microsoft's small models. Phi-1.5 and Phi-2 are of one architecture, Phi-3 is Llama with joined projections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kcoder.model import GatedFamily, PlainFamily
from kcoder.shape import Keeps, Kept, Linear


class Phi(PlainFamily):
    """Half of every head is rotated."""

    unit: ClassVar[int] = 4
    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(12, 8, 20, 8),
        frozen=Kept(12, 8, 20, 8),
        trained16=Kept(14, 4, 10, 4),
        frozen16=Kept(14, 4, 10, 4),
    )
    norms: ClassVar[int] = 1
    head_bias: ClassVar[bool] = True

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        return (
            Linear("q_proj", hidden, query, True),
            Linear("k_proj", hidden, key, True),
            Linear("v_proj", hidden, key, True),
            Linear("dense", query, hidden, True),
            Linear("fc1", hidden, inner, True, feed=True),
            Linear("fc2", inner, hidden, True, feed=True),
        )


class Phi3(GatedFamily):
    """One context, short or long: nothing of the rotation is stretched."""

    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(24, 16, 16, 12),
        frozen=Kept(16, 16, 16, 12),
        trained16=Kept(22, 6, 8, 6),
        frozen16=Kept(14, 6, 8, 6),
    )
    further: ClassVar[Mapping[str, Any]] = {"sliding_window": None}

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        return (
            Linear("qkv_proj", hidden, query + 2 * key),
            Linear("o_proj", query, hidden),
            Linear("gate_up_proj", hidden, 2 * inner, feed=True),
            Linear("down_proj", inner, hidden, feed=True),
        )

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
