"""Linear layers whose weights are kept in four bits (QLoRA, Dettmers et al. 2023), and the proof that they are sound.

bitsandbytes packs such a weight anew when a model is asked on a CPU with AVX512-BF16. From then on no gradient passes
through the layer, and its weight, taken out of its four bits, is garbage: both without a word. So that is turned off
wherever these layers are made, and asked of the model in hand before its first step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from bitsandbytes.functional import dequantize_4bit
from bitsandbytes.nn import Linear4bit, Params4bit
from torch import nn
from transformers import BitsAndBytesConfig
from transformers.pytorch_utils import Conv1D

from kcoder.errors import KcoderError
from kcoder.training.card import FourBit
from kcoder.training.probe import forward

#: How far a gradient through a layer may lie from what its weight says, by length. bfloat16 stays below a hundredth;
#: a layer without any gradient, or with another weight, lies at 1 and more.
NEAR = 0.1


def config(how: FourBit) -> BitsAndBytesConfig:
    """The same for transformers, which quantises while it reads."""
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type=how.kind,
        bnb_4bit_use_double_quant=how.double,
        bnb_4bit_compute_dtype=getattr(torch, how.compute),
    )


def layers(model: Any) -> Iterator[tuple[str, Linear4bit]]:
    """The layers in four bits, each with its path."""
    return ((path, layer) for path, layer in model.named_modules() if isinstance(layer, Linear4bit))


def quantise(model: Any, how: FourBit, device: str) -> Any:
    """The model with every linear layer but its head in four bits on this device, those already so left alone.

    transformers does so too while it reads a file, layer by layer; what it cannot read so, and the layers it does not
    know (Falcon's), are left to this. Raises KcoderError where there is nothing to quantise.
    """
    head = model.get_output_embeddings()
    for path, layer in list(model.named_modules()):
        if isinstance(layer, nn.Linear | Conv1D) and not isinstance(layer, Linear4bit) and layer is not head:
            model.set_submodule(path, _quantised(layer, how, device))
    found = dict(layers(model))
    if not found:
        raise KcoderError("the model has no linear layers to keep in four bits", "say method: lora")
    for layer in found.values():
        layer.support_avx512bf16_for_cpu = False
    model.is_loaded_in_4bit = True  # peft asks for it
    return model.to(device)


def _quantised(layer: Any, how: FourBit, device: str) -> Linear4bit:
    weight = layer.weight.detach()
    if isinstance(layer, Conv1D):
        weight = weight.T
    made = Linear4bit(weight.shape[1], weight.shape[0], layer.bias is not None, device="meta")
    made.compute_dtype, made.compute_type_is_set = getattr(torch, how.compute), True
    made.weight = Params4bit(
        weight.contiguous(), requires_grad=False, compress_statistics=how.double, quant_type=how.kind, module=made
    ).to(device)
    made.bias = layer.bias
    made.source_cls = type(layer)
    return made.requires_grad_(False).train(layer.training)


def dequantise(model: Any) -> Any:
    """The same model with plain layers in float32 that hold exactly what the four bits stand for."""
    for path, layer in list(layers(model)):
        weight = weight_of(layer)
        kind = layer.source_cls
        if kind is Conv1D:
            plain: Any = Conv1D(0, 0)
            plain.nf, weight = len(weight), weight.T.contiguous()
        else:
            plain = kind(layer.in_features, layer.out_features, layer.bias is not None, device="meta")
        plain.weight = nn.Parameter(weight)
        plain.bias = None if layer.bias is None else nn.Parameter(layer.bias.float())
        model.set_submodule(path, plain.train(layer.training))
    model.is_loaded_in_4bit = False
    if hasattr(model, "hf_quantizer"):  # what from_pretrained left behind: saving and casting would ask it
        model.hf_quantizer.remove_quantization_config(model)
    return model.float()


def compute_in(model: Any, dtype: torch.dtype) -> None:
    """Multiply the weights in this dtype from now on."""
    for _, layer in layers(model):
        layer.compute_dtype, layer.compute_type_is_set = dtype, True


@torch.no_grad()
def weight_of(layer: Linear4bit) -> torch.Tensor:
    """What the four bits stand for, in float32, shape (out, in)."""
    found: torch.Tensor = dequantize_4bit(layer.weight.data, layer.weight.quant_state)
    return found.float()


def require_sound(model: Any) -> None:
    """Raise KcoderError unless an evaluation leaves weights and gradients of every layer in four bits as they were."""
    was_training = model.training
    before = {path: weight_of(layer).sum(0) for path, layer in layers(model)}
    model.eval()
    device = model.get_input_embeddings().weight.device
    few = torch.arange(8, device=device)[None]
    with torch.no_grad():
        forward(model, few, few)
    for path, layer in layers(model):
        if not torch.equal(weight_of(layer).sum(0), before[path]):
            raise _unsound(path, "an evaluation changes its weight")
        given = torch.ones(2, layer.in_features, device=device, requires_grad=True)
        layer(given).sum().backward()
        apart = None if given.grad is None else (given.grad[0] - before[path]).norm()
        if apart is None or not apart <= NEAR * before[path].norm():  # what is no number is not near
            raise _unsound(path, "no gradient, or a wrong one, passes through it after an evaluation")
    model.train(was_training)


def _unsound(path: str, what: str) -> KcoderError:
    return KcoderError(
        f"bitsandbytes' four bits do not work on this machine: layer {path}: {what}",
        "say method: lora; or try another version of bitsandbytes",
    )
