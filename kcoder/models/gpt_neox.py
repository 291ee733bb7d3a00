"""GPT-NeoX: EleutherAI's Pythia, and the first StableLM models."""

from __future__ import annotations

from typing import Any

from kcoder.model import ModelFamily


class GptNeoX(ModelFamily):
    """A quarter of every head is rotated."""

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        self.head(hidden, heads, unit=8)
        return {
            "vocab_size": vocabulary,
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": 4 * hidden,
            "max_position_embeddings": context,
        }


GPT_NEOX = GptNeoX(
    name="gpt_neox",
    lora_targets=("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"),
    lineage="Pythia was trained on The Pile, which holds GitHub repositories besides much text",
)
