"""Falcon: TII's models, whose query heads share one key and one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kcoder.model import ModelFamily
from kcoder.shape import Keeps, Kept, Linear


class Falcon(ModelFamily):
    """Its code in transformers does not look at positions when it makes its mask, so that packed documents are kept
    apart by a mask of ours (`training/probe.py`). That mask asks for rotated heads: Falcon-RW's, which lean on the
    distance instead (ALiBi), cannot be trained on packed rows.
    """

    #: under a mask of ours it keeps its attention scores, and keys and values once for each query head
    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(8, 16, 8, 0, score=4),
        frozen=Kept(8, 16, 8, 0, score=4),
        trained16=Kept(8, 14, 4, 0, score=4),
        frozen16=Kept(8, 14, 4, 0, score=4),
        head=0.0,
    )
    norms: ClassVar[int] = 1
    tied: ClassVar[bool] = True

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        self.head(hidden, heads)
        return {
            "vocab_size": vocabulary,
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "max_position_embeddings": context,
        }

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        return (
            Linear("query_key_value", hidden, query + 2 * key),
            Linear("dense", query, hidden),
            Linear("dense_h_to_4h", hidden, inner, feed=True),
            Linear("dense_4h_to_h", inner, hidden, feed=True),
        )

    def key_heads(self, config: Mapping[str, Any], heads: int) -> int:
        if config.get("new_decoder_architecture"):
            return int(config.get("num_kv_heads") or heads)
        return 1 if config.get("multi_query", True) else heads


FALCON = Falcon(
    name="falcon",
    lora_targets=("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"),
    lineage="Falcon was trained on RefinedWeb, filtered web pages, with little code",
)
