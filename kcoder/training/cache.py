"""What a model remembers of the tokens before, in tensors that have room for those to come.

transformers' own layers make new tensors for each token and copy all they hold into them: with a prompt of 512 tokens
and 16 answers that was two thirds of the time on a CPU.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer


class RoomyLayer(DynamicLayer):  # type: ignore[misc]
    """A layer of so many tokens' room. Where that is used up, or something else has put other tensors in its place (a
    choice of rows), it moves to new ones."""

    keys: torch.Tensor
    values: torch.Tensor

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        #: the tensors with the room, and the parts of them that are in use
        self._whole: list[torch.Tensor] = []
        self._used: tuple[Any, Any] = (None, None)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        length = self.get_seq_length()
        end = length + key_states.shape[-2]
        moved = self.keys is not self._used[0] or self.values is not self._used[1]
        if moved or not self._whole or end > self._whole[0].shape[-2]:
            self._move(key_states, value_states, length, max(self.room, end))
        for whole, new in zip(self._whole, (key_states, value_states), strict=True):
            whole[..., length:end, :] = new
        self.keys, self.values = (whole[..., :end, :] for whole in self._whole)
        self._used = self.keys, self.values
        return self.keys, self.values

    def _move(self, keys: torch.Tensor, values: torch.Tensor, length: int, room: int) -> None:
        whole = [new.new_empty((*new.shape[:-2], room, new.shape[-1])) for new in (keys, values)]
        if length:
            for to, held in zip(whole, (self.keys, self.values), strict=True):
                to[..., :length, :] = held
        self._whole = whole


def roomy(config: Any, room: int) -> DynamicCache:
    """An empty cache for a model of this config, with room for so many tokens. Layers of another kind than the plain
    one (a sliding window) stay as transformers makes them."""
    cache = DynamicCache(config=config)
    cache.layers = [RoomyLayer(room) if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache
