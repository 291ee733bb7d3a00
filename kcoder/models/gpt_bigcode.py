"""GPT-BigCode: SantaCoder and StarCoder, GPT-2 whose query heads share one key and one value."""

from __future__ import annotations

from typing import Any

from kcoder.model import PLAIN_MARKS, Marks, ModelFamily


class GptBigCode(ModelFamily):
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
            "multi_query": True,
            # a tenth in the published models, which saw their texts many times
            "resid_pdrop": 0.0,
            "embd_pdrop": 0.0,
            "attn_pdrop": 0.0,
        }


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
