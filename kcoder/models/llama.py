"""Llama and what shares its architecture under that name: CodeLlama and DeepSeek-Coder."""

from __future__ import annotations

from kcoder.model import GatedFamily, Marks

LLAMA = GatedFamily(
    name="llama",
    lora_targets=("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
    fim=(
        # CodeLlama, but neither its Python models nor those of 34 billion parameters
        Marks(prefix="▁<PRE>", middle="▁<MID>", suffix="▁<SUF>"),
        # DeepSeek-Coder, whose middle follows "end" and whose suffix follows "hole"
        Marks(prefix="<｜fim▁begin｜>", middle="<｜fim▁end｜>", suffix="<｜fim▁hole｜>"),
    ),
    stops=("▁<EOT>", "<|EOT|>"),
    lineage="CodeLlama continues Llama 2 on code of many languages; CodeLlama-Python goes on with Python",
)
