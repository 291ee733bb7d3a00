"""Mistral: Llama whose query heads share keys and values four by four."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kcoder.model import GatedFamily


class Mistral(GatedFamily):
    """Made from nothing it looks at all of its context, as all since Mistral-7B-v0.2 do."""

    sharing: ClassVar[int] = 4
    further: ClassVar[Mapping[str, Any]] = {"sliding_window": None}


MISTRAL = Mistral(
    name="mistral",
    lora_targets=("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
    lineage="Mistral AI does not tell what Mistral-7B has seen",
)
