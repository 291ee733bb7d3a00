"""StarCoder2: BigCode's second generation, with rotated heads in place of learnt positions."""

from __future__ import annotations

from typing import Any, ClassVar

from kcoder.model import PLAIN_MARKS, PlainFamily, shared
from kcoder.shape import Linear


class StarCoder2(PlainFamily):
    """Query heads share keys and values."""

    tied: ClassVar[bool] = True

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        shape = super().config(hidden=hidden, layers=layers, heads=heads, vocabulary=vocabulary, context=context)
        return shape | {"num_key_value_heads": shared(heads, 4)}

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        return (
            Linear("q_proj", hidden, query, True),
            Linear("k_proj", hidden, key, True),
            Linear("v_proj", hidden, key, True),
            Linear("o_proj", query, hidden, True),
            Linear("c_fc", hidden, inner, True, feed=True),
            Linear("c_proj", inner, hidden, True, feed=True),
        )


STARCODER2 = StarCoder2(
    name="starcoder2",
    lora_targets=("q_proj", "k_proj", "v_proj", "o_proj", "c_fc", "c_proj"),
    fim=(PLAIN_MARKS,),
    stops=("<file_sep>", "<repo_name>"),
    lineage="StarCoder2-3B and 7B have seen 17 languages of The Stack v2, StarCoder2-15B over 600",
)
