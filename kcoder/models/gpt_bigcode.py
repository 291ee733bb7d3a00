"""GPT-BigCode: SantaCoder and StarCoder, GPT-2 whose query heads share one key and one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kcoder.model import PLAIN_MARKS, LearntFamily, Marks
from kcoder.shape import Keeps, Kept


class GptBigCode(LearntFamily):
    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(20, 4, 8, 8),
        frozen=Kept(20, 4, 8, 8),
        trained16=Kept(14, 2, 4, 4),
        frozen16=Kept(16, 2, 4, 4),
        token=16.0,
    )
    further: ClassVar[Mapping[str, Any]] = {"multi_query": True}

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
