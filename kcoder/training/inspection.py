"""What is found in a model whose family nobody has a plugin for."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import NamedTuple

from kcoder.errors import KcoderError, UsageError
from kcoder.model import linear_layers


class Inspected(NamedTuple):
    """The layers an adapter goes into, and the attention implementation that transformers chooses."""

    lora_targets: tuple[str, ...]
    attention: str


def inspect(folder: Path) -> Inspected:
    """Looks at a model's config and at the modules transformers makes of it, not at its weights.

    Raises KcoderError where transformers cannot make the model from this config, UsageError for weights of a model that
    does not predict the next token, and for one without attention.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise KcoderError(f"transformers cannot make the model of {folder / 'config.json'}: {reason}") from error
    if config.architectures and type(model).__name__ not in config.architectures:
        raise UsageError(
            f"the weights in {folder} are of a {config.architectures[0]}, which does not predict the next token",
            f"kcoder trains decoders: take a model whose config.json names {type(model).__name__}",
        )
    if "past_key_values" not in signature(model.forward).parameters:
        raise UsageError(
            f"{config.model_type} models remember otherwise than by keys and values, and kcoder cannot ask them",
            "take a model with attention",
        )
    return Inspected(tuple(linear_layers(model)), str(model.config._attn_implementation))
