"""GPT-NeoX: EleutherAI's Pythia, and the first StableLM models."""

from __future__ import annotations

from typing import ClassVar

from kcoder.model import PlainFamily
from kcoder.shape import Keeps, Kept, Linear


class GptNeoX(PlainFamily):
    """A quarter of every head is rotated."""

    unit: ClassVar[int] = 8
    #: the joined projection stays whole for the sake of a part
    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(20, 20, 8, 0),
        frozen=Kept(20, 20, 8, 0),
        trained16=Kept(14, 8, 4, 0),
        frozen16=Kept(14, 8, 4, 0),
        token=16.0,
    )

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        return (
            Linear("query_key_value", hidden, 3 * query, True),
            Linear("dense", query, hidden, True),
            Linear("dense_h_to_4h", hidden, inner, True, feed=True),
            Linear("dense_4h_to_h", inner, hidden, True, feed=True),
        )


GPT_NEOX = GptNeoX(
    name="gpt_neox",
    lora_targets=("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"),
    lineage="Pythia was trained on The Pile, which holds GitHub repositories besides much text",
)
