"""A model family: data first. Weights are loaded by `training/checkpoint.py`, which asks the family for the rest."""

from __future__ import annotations

from typing import Any, ClassVar

from kcoder.plugin import Plugin, option


class ModelFamily(Plugin):
    """What kcoder must know of an architecture to make, train and adapt it."""

    group: ClassVar[str] = "models"

    name: str = option(help="as specs write it; the `model_type` of its config")
    lora_targets: tuple[str, ...] = option((), "modules an adapter goes into, as today's transformers name them")
    attention: str = option("sdpa", "the attention implementation that keeps packed documents apart")
    lineage: str = option("", "what published weights of this family had seen before")

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        """Keyword arguments of the transformers config for a new model of this size.

        Raises UsageError when the family cannot have this shape.
        """
        raise NotImplementedError(f"{self.name} cannot be made from nothing")
