"""CodeGen: Salesforce's code models (350M to 16B), and the small ones that kcoder makes from nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from kcoder.errors import UsageError
from kcoder.model import ModelFamily
from kcoder.shape import Keeps, Kept, Linear


class CodeGen(ModelFamily):
    """Heads are split four ways and partly rotated, which bounds the shapes there can be."""

    #: it keeps its attention scores, in float32 even where products are in 16 bits
    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(8, 16, 20, 0, score=4),
        frozen=Kept(8, 16, 20, 0, score=4),
        trained16=Kept(8, 8, 10, 0, score=6),
        frozen16=Kept(8, 8, 10, 0, score=6),
        # a sine and a cosine for each of 32 rotated units, twice
        token=8.0 + 16 * 32,
        head=0.0,
    )
    norms: ClassVar[int] = 1
    head_bias: ClassVar[bool] = True

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        if heads % 4:
            raise UsageError(f"a codegen model needs heads in multiples of 4, not {heads}")
        return {
            "vocab_size": vocabulary,
            "n_embd": hidden,
            "n_layer": layers,
            "n_head": heads,
            "n_inner": 4 * hidden,
            "n_positions": context,
            "n_ctx": context,
            # 32 as in codegen-350M, whose heads have 64 units
            "rotary_dim": min(32, self.head(hidden, heads)),
            "tie_word_embeddings": False,
        }

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        return (
            Linear("qkv_proj", hidden, 3 * query),
            Linear("out_proj", query, hidden),
            Linear("fc_in", hidden, inner, True, feed=True),
            Linear("fc_out", inner, hidden, True, feed=True),
        )


CODEGEN = CodeGen(
    name="codegen",
    lora_targets=("qkv_proj", "out_proj", "fc_in", "fc_out"),
    # transformers has no other implementation for this architecture
    attention="eager",
    lineage=(
        "codegen-mono continues codegen-multi (C, C++, Go, Java, JavaScript, Python from BigQuery), "
        "which continues codegen-nl (The Pile): no published CodeGen has seen Python alone"
    ),
)
