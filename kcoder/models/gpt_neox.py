"""GPT-NeoX: EleutherAI's Pythia, and the first StableLM models."""

from __future__ import annotations

from typing import ClassVar

from kcoder.model import PlainFamily


class GptNeoX(PlainFamily):
    """A quarter of every head is rotated."""

    unit: ClassVar[int] = 8


GPT_NEOX = GptNeoX(
    name="gpt_neox",
    lora_targets=("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"),
    lineage="Pythia was trained on The Pile, which holds GitHub repositories besides much text",
)
