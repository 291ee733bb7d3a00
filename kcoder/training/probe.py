"""Does this model keep packed documents apart?

Documents that share a row are separated only by their positions. Some architectures ignore them, and others
do when an attention mask is passed or `use_cache` is left on: every one of them trains on without a word,
each document seeing its neighbours. So this is asked of the model itself before the first step. One that
ignores positions gets a mask for the purpose, and is asked again.
"""

from __future__ import annotations

from typing import Any, Literal

import torch

from kcoder.errors import KcoderError
from kcoder.training.machine import Machine

#: what keeps documents apart: their positions, or a mask besides
Apart = Literal["positions", "mask"]


def forward(model: Any, ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Logits, shape (rows, length, vocabulary): the only way kcoder calls a model on packed rows."""
    logits: torch.Tensor = model(input_ids=ids, position_ids=positions, use_cache=False).logits
    return logits


def require_isolation(model: Any, family: str, context: int, machine: Machine) -> Apart:
    """What keeps the documents of a row apart in this model; it is left so that `forward` does it.

    Raises KcoderError where nothing does: other tokens in a row's first document change the second's logits.
    """
    try:
        leak = _leak(model, family, context, machine)
    except TypeError as error:
        raise KcoderError(
            f"{family} models cannot be told where a packed document begins: {error}", "choose another model"
        ) from error
    if not leak:
        return "positions"
    if not _has_windows(model.config) and _apart_with_mask(model, family, context, machine):
        return "mask"
    raise KcoderError(
        f"{family} models let packed documents see each other (logits change by {leak:.2g}), "
        "so they cannot be trained on packed rows",
        "choose another model: kcoder plugins models lists families that keep documents apart",
    )


def _apart_with_mask(model: Any, family: str, context: int, machine: Machine) -> bool:
    """Leaves the model with a mask on all its calls if that keeps documents apart, as it was if not."""
    # its inner model too: a loss that never holds all logits asks that one alone
    asked = {id(each): each for each in (model, model.get_decoder())}.values()
    hooks = [each.register_forward_pre_hook(_with_mask, with_kwargs=True) for each in asked]
    try:
        if not _leak(model, family, context, machine):
            return True
    except (RuntimeError, ValueError, TypeError, IndexError):
        pass  # it cannot work with such a mask
    for hook in hooks:
        hook.remove()
    return False


def _has_windows(config: Any) -> bool:
    """Whether layers look at a part of what stands before only: under a mask of ours they would look at all of it."""
    kinds = getattr(config, "layer_types", None) or ()
    return bool(getattr(config, "sliding_window", None)) or any(kind != "full_attention" for kind in kinds)


def documents_mask(positions: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Which tokens see which, shape (rows, 1, length, length): a document's token sees itself and those before it.

    `positions`, shape (rows, length), restart where a document starts. Booleans, or in a floating dtype what is added
    to the scores.
    """
    length = positions.shape[-1]
    document = (positions == 0).cumsum(-1)
    sees = document[:, None, :, None] == document[:, None, None, :]
    sees &= torch.ones(length, length, dtype=torch.bool, device=positions.device).tril()
    if dtype == torch.bool:
        return sees
    return torch.zeros_like(sees, dtype=dtype).masked_fill(~sees, torch.finfo(dtype).min)


def _with_mask(model: Any, args: tuple[Any, ...], told: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Adds the mask to a call on packed rows. A call that brings one of its own, as in `generate`, stays as it is."""
    brought = (told.get(name) is not None for name in ("attention_mask", "past_key_values"))
    if told.get("position_ids") is None or any(brought):
        return args, told
    # eager attention adds the mask to its scores; sdpa would want it in the dtype of its queries, or as booleans
    dtype = torch.bool if model.config._attn_implementation == "sdpa" else torch.float32
    return args, told | {"attention_mask": documents_mask(told["position_ids"], dtype)}


@torch.no_grad()
def _leak(model: Any, family: str, context: int, machine: Machine) -> float:
    """The largest change in the second document's logits when the first gets other tokens.

    The smallest there is where bits change that a difference does not show. Raises KcoderError for a model that
    answers everything alike.
    """
    was_training = model.training
    model.eval()
    half = min(16, context // 2)
    draw = torch.Generator().manual_seed(0)
    rows = model.get_input_embeddings().num_embeddings
    ids = torch.randint(rows, (1, 2 * half), generator=draw)
    other = ids.clone()
    other[:, :half] = (ids[:, :half] + 1) % rows
    positions = torch.arange(half).repeat(2)[None].to(machine.device)
    try:
        with machine.autocast():
            before, after = (forward(model, row.to(machine.device), positions)[0] for row in (ids, other))
    finally:
        model.train(was_training)
    if not torch.isfinite(before).all():
        raise KcoderError(f"the {family} model's logits are not numbers: its weights are broken")
    if torch.equal(before[:half], after[:half]):
        raise KcoderError(f"the {family} model answers the same whatever it is given: its weights are broken")
    if torch.equal(before[half:], after[half:]):
        return 0.0
    return max(float((before[half:] - after[half:]).abs().max()), torch.finfo(torch.float32).tiny)
