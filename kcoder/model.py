"""A model family: data first. Weights are loaded by `training/checkpoint.py`, which asks the family for the rest."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from kcoder.plugin import Plugin, option


class Marks(NamedTuple):
    """Names of the tokens that stand before the parts of a text with a hole in it."""

    prefix: str
    middle: str
    suffix: str


class ModelFamily(Plugin):
    """What kcoder must know of an architecture to make, train and adapt it."""

    group: ClassVar[str] = "models"
    #: they name tokens that a tokenizer has or has not; a step that makes a tokenizer with them says so itself
    unkeyed: ClassVar[frozenset[str]] = frozenset({"fim"})

    name: str = option(help="as specs write it; the `model_type` of its config")
    lora_targets: tuple[str, ...] = option((), "modules an adapter goes into, as today's transformers name them")
    attention: str = option("sdpa", "the attention implementation that keeps packed documents apart")
    lineage: str = option("", "what published weights of this family had seen before")
    fim: tuple[Marks, ...] = option(
        (), "the marks of fill-in-the-middle, one set for each way in which models of this family name them"
    )

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        """Keyword arguments of the transformers config for a new model of this size.

        Raises UsageError when the family cannot have this shape.
        """
        raise NotImplementedError(f"{self.name} cannot be made from nothing")
