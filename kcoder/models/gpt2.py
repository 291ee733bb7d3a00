"""GPT-2, and what was trained in its architecture, CodeParrot for one."""

from __future__ import annotations

from typing import Any, ClassVar

from kcoder.model import ModelFamily
from kcoder.shape import Keeps, Kept, Linear


class Gpt2(ModelFamily):
    """Learnt positions: nothing is rotated, so heads may have any size."""

    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(16, 8, 20, 8),
        frozen=Kept(16, 8, 20, 8),
        trained16=Kept(14, 2, 10, 4),
        frozen16=Kept(16, 2, 10, 4),
        token=16.0,
    )
    tied: ClassVar[bool] = True
    places: ClassVar[bool] = True

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        self.head(hidden, heads, unit=1)
        return {
            "vocab_size": vocabulary,
            "n_embd": hidden,
            "n_layer": layers,
            "n_head": heads,
            "n_inner": 4 * hidden,
            "n_positions": context,
            # a tenth in the published models, which saw their texts many times
            "resid_pdrop": 0.0,
            "embd_pdrop": 0.0,
            "attn_pdrop": 0.0,
        }

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        return (
            Linear("c_attn", hidden, query + 2 * key, True),
            Linear("attn.c_proj", query, hidden, True),
            Linear("c_fc", hidden, inner, True, feed=True),
            Linear("mlp.c_proj", inner, hidden, True, feed=True),
        )


GPT2 = Gpt2(
    name="gpt2",
    lora_targets=("c_attn", "c_proj", "c_fc"),
    lineage="GPT-2 was trained on WebText: pages linked from Reddit, of which little is code",
)
