"""Weights on disk: loading and saving checkpoints.

A checkpoint's folder holds config.json and model.safetensors, or adapter_config.json,
adapter_model.safetensors and the way to its base; besides the tokenizer's files and `checkpoint.json` (see
`card.py`). Nothing is ever unpickled, no code from a checkpoint is ever run, and nothing is fetched.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from kcoder.artifact import bring
from kcoder.errors import KcoderError
from kcoder.model import ModelFamily
from kcoder.plugin import load as load_plugin
from kcoder.training.card import FILE, Card, FourBit, base_folder, path_to, read_card, write_card
from kcoder.training.machine import quiet
from kcoder.training.merge import merge

#: what peft wants beside an adapter's weights
ADAPTER = "adapter_config.json"


@dataclass(frozen=True)
class Loaded:
    """A model in evaluation mode, its tokenizer and its card."""

    model: Any
    tokenizer: Any
    card: Card


def load(folder: Path, device: str = "cpu") -> Loaded:
    """The model of a checkpoint in float32; an adapter is applied to its base, not merged into it.

    An adapter that was trained over weights in four bits has its base in four bits again. Raises KcoderError when the
    base is missing, when files are broken, and when the tokenizer has more tokens than the model has rows for.
    """
    quiet()
    card = read_card(folder)
    tokenizer = load_tokenizer(folder)
    if card.kind == "adapter":
        model = _applied(folder, card, len(tokenizer), device, say=lambda line: None)
    else:
        model = _weights(folder, card, len(tokenizer))
    return Loaded(model.to(device).eval(), tokenizer, card)


def load_plain(
    folder: Path, say: Callable[[str], None], *, four_bit: FourBit | None = None, device: str = "cpu"
) -> Loaded:
    """What a further training starts from: a checkpoint's weights in float32, an adapter merged into its base, and then
    all of it in four bits where asked for.

    `say` is told how far the merged model lies from the adapter's. Raises KcoderError as `load`, and where that is too
    far.
    """
    quiet()
    card, tokenizer = read_card(folder), load_tokenizer(folder)
    model = _plain(folder, card, len(tokenizer), four_bit, device, say)
    return Loaded(model.to(device).eval(), tokenizer, card)


def load_tokenizer(folder: Path) -> Any:
    quiet()
    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise KcoderError(f"the tokenizer in {folder} cannot be read: {_first_line(error)}") from error


def count(model: Any, trainable: bool = False) -> int:
    """Weights in all, or those that training may change. Tied ones count once, those in four bits like others."""
    return sum(_size(p) for p in model.parameters() if p.requires_grad or not trainable)


def save(model: Any, tokenizer: Any, card: Card, folder: Path) -> None:
    """Write a checkpoint into a folder that does not exist yet. The same weights make the same bytes."""
    folder.mkdir(parents=True)
    if card.kind == "adapter":
        _save_adapter(model, card, folder)
    else:
        model.save_pretrained(folder, max_shard_size="1TB")
    tokenizer.save_pretrained(folder)
    write_card(card, folder)


def adopt(folder: Path, final: Path, *lineage: str) -> None:
    """The same checkpoint in another place, which does not exist yet: its files are linked where they can be.
    `lineage` tells what has made it what it is besides."""
    card = read_card(folder)
    final.mkdir(parents=True)
    for file in sorted(folder.iterdir()):
        if file.name not in (FILE, ADAPTER):
            bring(file.resolve(), final / file.name, link=True)
    if card.base:
        card = replace(card, base=path_to(base_folder(folder, card), final))
        told = json.loads((folder / ADAPTER).read_text("utf-8"))
        _write_adapter(told | {"base_model_name_or_path": card.base}, final)
    write_card(replace(card, lineage=(*card.lineage, *lineage)), final)


def _size(weight: Any) -> int:
    packed = getattr(weight, "quant_state", None)
    return math.prod(packed.shape) if packed else weight.numel()


def _plain(
    folder: Path, card: Card, tokens: int, four_bit: FourBit | None, device: str, say: Callable[[str], None]
) -> Any:
    if card.kind == "model":
        return _weights(folder, card, tokens, four_bit, device)
    applied = _applied(folder, card, tokens, device, say)
    model = merge(applied, lambda base: _adapted(base, folder), say)
    if four_bit:
        from kcoder.training.four_bit import quantise

        model = quantise(model, four_bit, device)
    return model


def _applied(folder: Path, card: Card, tokens: int, device: str, say: Callable[[str], None]) -> Any:
    base = base_folder(folder, card)
    return _adapted(_plain(base, read_card(base), tokens, card.four_bit, device, say), folder)


def _adapted(model: Any, folder: Path) -> Any:
    from peft import PeftModel

    if not (folder / "adapter_model.safetensors").exists():
        raise KcoderError(f"{folder} holds no adapter_model.safetensors", "run the step again that made it")
    try:
        return PeftModel.from_pretrained(model, str(folder), torch_device="cpu").eval()
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise KcoderError(f"the adapter in {folder} cannot be read: {_first_line(error)}") from error


def _weights(folder: Path, card: Card, tokens: int, four_bit: FourBit | None = None, device: str = "cpu") -> Any:
    family: ModelFamily = load_plugin("models", card.family)
    local = {"local_files_only": True, "trust_remote_code": False}
    try:
        config = AutoConfig.from_pretrained(folder, **local)
        # Without this check a token too many is an IndexError deep in torch, or a crash on a GPU.
        if tokens > (rows := config.get_text_config().vocab_size):
            raise KcoderError(
                f"the tokenizer in {folder} has {tokens} tokens, but the model has rows for {rows}",
                "the tokenizer belongs to another model",
            )
        known = {"config": config, "dtype": torch.float32, "attn_implementation": family.attention}
        if four_bit is None:
            return AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True, **known, **local)
        from kcoder.training import four_bit as fours

        # layer by layer, so that the whole is never in memory
        known |= {"quantization_config": fours.config(four_bit), "device_map": {"": device}}
        read = AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True, **known, **local)
        return fours.quantise(read, four_bit, device)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise KcoderError(f"the weights in {folder} cannot be read: {_first_line(error)}") from error


def _save_adapter(model: Any, card: Card, folder: Path) -> None:
    """peft's own save writes the machine's paths, sets in random order and a README."""
    from peft import get_peft_model_state_dict

    weights = get_peft_model_state_dict(model, save_embedding_layers=False)
    weights = {name: weight.detach().cpu().contiguous() for name, weight in weights.items()}
    save_file(weights, folder / "adapter_model.safetensors", {"format": "pt"})
    config = model.peft_config["default"].to_dict()
    config |= {"base_model_name_or_path": card.base, "inference_mode": True}
    _write_adapter({name: sorted(value) if isinstance(value, set) else value for name, value in config.items()}, folder)


def _write_adapter(config: dict[str, Any], folder: Path) -> None:
    (folder / ADAPTER).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
