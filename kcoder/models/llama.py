"""Llama and what shares its architecture under that name, CodeLlama for one."""

from __future__ import annotations

from typing import Any

from kcoder.errors import UsageError
from kcoder.model import Marks, ModelFamily


class Llama(ModelFamily):
    """Gated feed-forward layers are a third narrower than plain ones, and so have as many weights."""

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        if hidden % (2 * heads):
            raise UsageError(
                f"a llama model of {hidden} hidden units cannot have {heads} heads",
                f"hidden must be a multiple of {2 * heads}: heads of equal and even size",
            )
        return {
            "vocab_size": vocabulary,
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": heads,
            "intermediate_size": max(8, 8 * hidden // 3 // 8 * 8),
            "max_position_embeddings": context,
            "tie_word_embeddings": False,
        }


LLAMA = Llama(
    name="llama",
    lora_targets=("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
    fim=(
        # CodeLlama, but neither its Python models nor those of 34 billion parameters
        Marks(prefix="▁<PRE>", middle="▁<MID>", suffix="▁<SUF>"),
        # DeepSeek-Coder, whose middle follows "end" and whose suffix follows "hole"
        Marks(prefix="<｜fim▁begin｜>", middle="<｜fim▁end｜>", suffix="<｜fim▁hole｜>"),
    ),
    lineage="CodeLlama continues Llama 2 on code of many languages; CodeLlama-Python goes on with Python",
)
