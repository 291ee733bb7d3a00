"""LoRA over weights at full size."""

from __future__ import annotations

from kcoder.training.adapter import Adapter


class Lora(Adapter):
    """The base's weights are read in float32, and stay as they are."""
