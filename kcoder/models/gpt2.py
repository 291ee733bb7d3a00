"""GPT-2, and what was trained in its architecture, CodeParrot for one."""

from __future__ import annotations

from typing import Any

from kcoder.model import ModelFamily


class Gpt2(ModelFamily):
    """Learnt positions: nothing is rotated, so heads may have any size."""

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


GPT2 = Gpt2(
    name="gpt2",
    lora_targets=("c_attn", "c_proj", "c_fc"),
    lineage="GPT-2 was trained on WebText: pages linked from Reddit, of which little is code",
)
