"""Full fine-tuning: every weight may change."""

from __future__ import annotations

from typing import Any, ClassVar

from kcoder.model import ModelFamily
from kcoder.training.method import Method


class Full(Method):
    """Trains all weights and saves a whole model. Also what pretrains a model that was made from nothing."""

    saves: ClassVar[str] = "model"

    def ready(self, model: Any, family: ModelFamily) -> Any:
        return model.requires_grad_(True)
