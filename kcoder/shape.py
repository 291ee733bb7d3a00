"""The shape of a model as its config tells it, and what a layer of it keeps for the way back: for counting bytes before
there is a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from kcoder.errors import UsageError

#: what configs call the same thing
WORDS: Mapping[str, tuple[str, ...]] = {
    "hidden": ("hidden_size", "n_embd"),
    "layers": ("num_hidden_layers", "n_layer"),
    "heads": ("num_attention_heads", "n_head"),
    "vocabulary": ("vocab_size",),
    "inner": ("intermediate_size", "n_inner", "ffn_hidden_size"),
    "sharing": ("num_key_value_heads",),
    "head": ("head_dim",),
    "context": ("max_position_embeddings", "n_positions"),
    "tied": ("tie_word_embeddings",),
}


class Linear(NamedTuple):
    """A linear layer that every block has, by its module's name: units that go in and come out."""

    name: str
    into: int
    out: int
    bias: bool = False
    #: of the feed-forward layer, and not of the attention
    feed: bool = False

    @property
    def weights(self) -> int:
        return self.into * self.out


class Kept(NamedTuple):
    """Bytes that a block keeps of each token until its gradients are taken: for each unit of the hidden state, of the
    attention's queries, of the feed-forward layer and of the keys."""

    hidden: float
    query: float
    inner: float
    key: float
    #: for each head and token of the row, where the attention keeps its scores
    score: float = 0.0


class Keeps(NamedTuple):
    """What a block keeps where its weights are trained, where they are frozen and something beside them is trained, and
    both where products are computed in 16 bits. Counted on real models: `tests/house/test_kept.py` counts again."""

    trained: Kept
    frozen: Kept
    trained16: Kept
    frozen16: Kept
    #: numbers for each token: means, deviations, positions
    token: float = 8.0
    #: and for each of its query and key heads
    head: float = 4.0

    def of(self, *, frozen: bool, half: bool) -> Kept:
        if half:
            return self.frozen16 if frozen else self.trained16
        return self.frozen if frozen else self.trained


@dataclass(frozen=True)
class Shape:
    """What a config says of a model's size. `head` is the size of an attention head, `shared` the number of heads that
    keys and values have."""

    hidden: int
    layers: int
    heads: int
    head: int
    shared: int
    inner: int
    vocabulary: int
    context: int
    tied: bool
    linears: tuple[Linear, ...]
    keeps: Keeps
    #: whether its norms only scale
    rms: bool
    #: weights besides embeddings, head and linear layers: of a block, and of the rest
    small: int
    further: int

    @property
    def query(self) -> int:
        return self.heads * self.head

    @property
    def key(self) -> int:
        return self.shared * self.head

    @property
    def linear(self) -> int:
        """Weights of all linear layers but the head, without biases."""
        return self.layers * sum(each.weights for each in self.linears)

    @property
    def words(self) -> int:
        """Weights of the embeddings, and of the head where it has its own."""
        return self.vocabulary * self.hidden * (1 if self.tied else 2)

    @property
    def parameters(self) -> int:
        biases = self.layers * sum(each.out for each in self.linears if each.bias)
        return self.linear + biases + self.words + self.layers * self.small + self.further


def told(config: Mapping[str, Any], what: str, default: int | None = None) -> int:
    """A word of a config under any of its names. Raises UsageError where it has none and there is no default."""
    found = next((config[name] for name in WORDS[what] if config.get(name) is not None), default)
    if found is None:
        raise UsageError(f"its config does not say {' or '.join(WORDS[what])}")
    return int(found)
