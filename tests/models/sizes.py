"""Models on no device: their weights have a shape and no values."""

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from kcoder.model import published_models
from kcoder.plugin import load
from kcoder.stages.lora import Lora
from kcoder.training.checkpoint import count


def published(name):
    known = published_models()[name]
    with torch.device("meta"):
        return AutoModelForCausalLM.from_config(AutoConfig.for_model(known.family, **known.config))


def adapter(name, **options):
    """How many weights an adapter of this published model has."""
    with torch.device("meta"):
        adapted = Lora(**options).ready(published(name), load("models", published_models()[name].family))
    return count(adapted, trainable=True)
