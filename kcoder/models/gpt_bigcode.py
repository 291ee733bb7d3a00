"""GPT-BigCode: SantaCoder and StarCoder, GPT-2 whose query heads share one key and one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kcoder.model import PLAIN_MARKS, Marks, ModelFamily
from kcoder.shape import Keeps, Kept, Linear


class GptBigCode(ModelFamily):
    """Learnt positions: nothing is rotated, so heads may have any size."""

    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(20, 4, 8, 8),
        frozen=Kept(20, 4, 8, 8),
        trained16=Kept(14, 2, 4, 4),
        frozen16=Kept(16, 2, 4, 4),
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
            "multi_query": True,
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

    def key_heads(self, config: Mapping[str, Any], heads: int) -> int:
        return 1 if config.get("multi_query", True) else heads


GPT_BIGCODE = GptBigCode(
    name="gpt_bigcode",
    lora_targets=("c_attn", "c_proj", "c_fc"),
    fim=(
        PLAIN_MARKS,
        # SantaCoder
        Marks(prefix="<fim-prefix>", middle="<fim-middle>", suffix="<fim-suffix>"),
    ),
    stops=("<file_sep>", "<filename>", "<reponame>"),
    lineage=(
        "SantaCoder has seen Python, Java and JavaScript; StarCoderBase over 80 languages of The Stack, "
        "and StarCoder goes on with Python"
    ),
)
