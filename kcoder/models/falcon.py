"""Falcon: TII's models, whose query heads share one key and one value."""

from __future__ import annotations

from typing import Any

from kcoder.model import ModelFamily


class Falcon(ModelFamily):
    """Its code in transformers does not look at positions when it makes its mask, so that packed documents are kept
    apart by a mask of ours (`training/probe.py`). That mask asks for rotated heads: Falcon-RW's, which lean on the
    distance instead (ALiBi), cannot be trained on packed rows.
    """

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        self.head(hidden, heads)
        return {
            "vocab_size": vocabulary,
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "max_position_embeddings": context,
        }


FALCON = Falcon(
    name="falcon",
    lora_targets=("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"),
    lineage="Falcon was trained on RefinedWeb, filtered web pages, with little code",
)
