"""What a training will hold in memory at most, by what it is for: arithmetic over a model's shape, and no torch.

It follows the moments of a step in which much is held at once (the head, a block on the way back, the optimizer) and
takes the fullest. What a block keeps was counted, not fitted (`kcoder/shape.py`); `LIBRARIES` and the copies in
`_passing` were fitted on trainings other than those in benchmarks/results/memory-2026-11-30.json, none of which led to
a correction either (docs/decisions/0012).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kcoder.shape import Linear, Shape

MIB = 2**20
#: bytes of a number in float32, and in 16 bits
FLOAT, HALF = 4, 2
#: Logits of a batch up to this many bytes stay whole: below it chunks save nothing that matters.
WHOLE = 64 * MIB
#: bytes of a chunk's logits, and the fewest tokens of a chunk
CHUNK, FEWEST = 64 * MIB, 64
#: what libraries set aside once they compute
LIBRARIES = 25 * MIB
#: bytes of AdamW's two memories for a weight; in 8 bits with a scale for each of them in every block of 256
STATE, STATE8 = 2 * FLOAT, 2 * (1 + FLOAT / 256)
#: tensors up to this size keep theirs in float32 even so, and how many copies of a tensor an 8-bit step makes on a CPU
FEW, COPIES8 = 4096, 6
#: weights of a block that shares a scale, and scales that share one where they are quantised too
BLOCK4, SCALES4 = 64, 256


@dataclass(frozen=True)
class Setting:
    """What of a training decides how much memory it takes."""

    batch: int
    length: int
    accumulate: int = 1
    #: the share of the tokens that is trained
    trained: float = 1.0
    #: an adapter's rank, the modules it goes into (none: all linear layers) and its dropout; no rank: all is trained
    rank: int | None = None
    targets: tuple[str, ...] | None = None
    dropout: bool = False
    #: bytes of a weight of a frozen linear layer
    weight: float = FLOAT
    #: whether products are computed in 16 bits
    half: bool = False
    optimizer: str = "adamw"
    checkpointing: bool = False
    #: processes that make each step together, whether they divide the model among them (fsdp), and whether all of them
    #: take from one memory, as they do on a CPU
    processes: int = 1
    divided: bool = False
    shared: bool = False

    @property
    def tokens(self) -> int:
        """Those of a batch that go through the model in one process."""
        return math.ceil(self.batch / self.processes) * self.length

    @property
    def parts(self) -> int:
        """Into how many weights, gradients and the optimizer's memory are divided."""
        return self.processes if self.divided else 1

    @property
    def copies(self) -> int:
        """How many of its processes take from the same memory."""
        return self.processes if self.shared else 1

    def adapted(self, shape: Shape) -> tuple[Linear, ...]:
        """The linear layers of a block that an adapter goes into."""
        if self.rank is None:
            return ()
        if self.targets is None:
            return shape.linears
        if self.targets == ("attention",):
            return tuple(each for each in shape.linears if not each.feed)
        return tuple(each for each in shape.linears if {each.name, each.name.rpartition(".")[2]} & set(self.targets))

    def trainable(self, shape: Shape) -> int:
        if self.rank is None:
            return shape.parameters
        return shape.layers * sum(self.rank * (each.into + each.out) for each in self.adapted(shape))


@dataclass(frozen=True)
class Memory:
    """Bytes by what they are for, in the fullest moment, whose name is `when`."""

    when: str
    terms: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.terms.values())


def four_bits(double: bool) -> float:
    """Bytes of a weight in four bits, with its share of the scales."""
    return 0.5 + (1 / BLOCK4 + FLOAT / (BLOCK4 * SCALES4) if double else FLOAT / BLOCK4)


def chunk(tokens: int, words: int) -> int | None:
    """How many tokens go through the head at a time; None where the logits of all are small enough to stay whole."""
    return max(FEWEST, CHUNK // (words * FLOAT)) if tokens * words * FLOAT > WHOLE else None


def need(shape: Shape, how: Setting) -> Memory:
    """The fullest moment of a training, in one of its processes."""
    return max(moments(shape, how), key=lambda moment: moment.total)


def moments(shape: Shape, how: Setting) -> Iterable[Memory]:
    """Those in which a step may hold the most."""
    n, h = how.tokens, shape.hidden
    every = FLOAT * how.trainable(shape) / how.parts
    standing = _standing(shape, how)
    gradients = every if how.accumulate > 1 else 0.0
    head = FLOAT * shape.vocabulary * h if how.rank is None else 0.0
    block, passing = n * kept_of(shape, how), n * _passing(shape, how) + _unpacked(shape, how)
    kept = shape.layers * (n * FLOAT * h if how.checkpointing else block)
    again = block if how.checkpointing else 0.0
    copies = copies_of(shape, how)
    whole = kept + n * _last(shape, how) + copies

    # gradients that are whole yet, besides those that are: of one process the head's is one of these
    back = max(gradients, head)
    first = every
    if how.divided:
        back, first = gradients + head + _block(shape, how), every + head + _block(shape, how)

    def at(when: str, gradients: float, activations: float, logits: float = 0.0, gathered: float = 0.0) -> Memory:
        told = {"gradients": gradients, "activations": activations, "logits and loss": logits, "gathered": gathered}
        return _moment(when, standing | told)

    whole_weights = _gathered(shape, how)
    yield at("forward", gradients, kept + again + passing + max(copies, _cached(shape, how)), gathered=whole_weights)
    size = chunk(n, shape.vocabulary)
    if size is None:
        # log-softmax, and two gradients
        yield at("head", gradients, whole, n * shape.vocabulary * 3 * FLOAT, whole_weights)
        yield at("back", back, whole + again + passing, gathered=whole_weights)
    else:
        picked = FLOAT * h * n * how.trained
        logits = min(size, n) * shape.vocabulary * (FLOAT + (HALF if how.half else 0))
        # the head in 16 bits, and where it is trained its gradient in them
        matrix = HALF * shape.vocabulary * h * (2 if how.rank is None else 1) if how.half else 0.0
        yield at("head", gradients + head, whole, 2 * picked + matrix + logits, whole_weights)
        yield at("back", back, whole + again + passing, picked + FLOAT * h * n, whole_weights)
    yield at("first block", first, n * FLOAT * h + again + passing + copies / shape.layers, gathered=whole_weights)
    yield at("optimizer", every, _stepping(shape, how))
    if how.divided and how.shared:
        # each process reads the whole model, and the first puts a whole checkpoint together
        yield _moment("reading", {"weights": _weights(shape, how)})
        saved = (FLOAT * how.trainable(shape) + state(shape, how)) / how.copies
        yield _moment("checkpoint", standing | {"checkpoint": saved})


def evaluation(shape: Shape, how: Setting) -> Memory:
    """Measuring the validation loss, whose batches are the training's: nothing is kept but for the block at work."""
    n, words = how.tokens, shape.vocabulary
    size = chunk(n, words) or n
    terms = {
        "activations": n * _passing(shape, how) + _unpacked(shape, how),
        "logits and loss": min(size, n) * words * (2 * FLOAT + (HALF if how.half else 0)),
        "gathered": _gathered(shape, how),
    }
    return _moment("evaluation", _standing(shape, how) | terms)


def generation(shape: Shape, batch: int, tokens: int) -> Memory:
    """So many answers at once in float32, each of so many tokens with its prompt: the weights, and the keys and values
    of all tokens. What a block needs while it works comes on top."""
    cache = 2.0 * FLOAT * shape.layers * batch * tokens * shape.key
    return Memory("generation", {"weights": float(FLOAT * shape.parameters), "KV cache": cache, "libraries": LIBRARIES})


# ---- terms ---------------------------------------------------------------------------------------------------------


def _moment(when: str, terms: Mapping[str, float]) -> Memory:
    return Memory(when, {name: size for name, size in {**terms, "libraries": LIBRARIES}.items() if size})


def _standing(shape: Shape, how: Setting) -> dict[str, float]:
    """What a process holds from one step to the next."""
    adapter = FLOAT * how.trainable(shape) if how.rank is not None else 0.0
    found = {"weights": _weights(shape, how), "adapter": adapter, "optimizer": state(shape, how)}
    return {name: size / how.parts for name, size in found.items()}


def _block(shape: Shape, how: Setting) -> float:
    """The gradients of a block, before each process has its part of them."""
    blocks = shape.parameters - shape.words - shape.further if how.rank is None else how.trainable(shape)
    return FLOAT * blocks / shape.layers


def _gathered(shape: Shape, how: Setting) -> float:
    """Weights that are put together for the time of a step, where they are divided: what stands outside of the blocks,
    the block at work and the next."""
    if not how.divided:
        return 0.0
    outside = shape.words + shape.further
    return FLOAT * (outside + 2 * (shape.parameters - outside) / shape.layers)


def _weights(shape: Shape, how: Setting) -> float:
    if how.rank is None:
        return FLOAT * shape.parameters
    return how.weight * shape.linear + FLOAT * (shape.parameters - shape.linear)


def state(shape: Shape, how: Setting) -> float:
    trainable = how.trainable(shape)
    if "8bit" not in how.optimizer:
        return STATE * trainable
    return STATE8 * (trainable - _few(shape, how)) + STATE * _few(shape, how)


def _few(shape: Shape, how: Setting) -> int:
    """Trained weights in tensors that are too small for 8 bits."""
    if how.rank is None:
        return shape.parameters - shape.linear - shape.words if shape.hidden <= FEW else 0
    sizes = (how.rank * side for each in how.adapted(shape) for side in (each.into, each.out))
    return shape.layers * sum(size for size in sizes if size <= FEW)


def _stepping(shape: Shape, how: Setting) -> float:
    """What the optimizer's step makes beside its memory."""
    if "8bit" not in how.optimizer:
        return 0.0
    if how.rank is None:
        return COPIES8 * FLOAT * max([shape.vocabulary * shape.hidden, *(each.weights for each in shape.linears)])
    return COPIES8 * FLOAT * max((how.rank * max(each.into, each.out) for each in how.adapted(shape)), default=0)


def kept_of(shape: Shape, how: Setting) -> float:
    """Bytes that a block keeps of a token."""
    keeps, frozen = shape.keeps, how.rank is not None
    of = keeps.of(frozen=frozen, half=how.half)
    found = of.hidden * shape.hidden + of.query * shape.query + of.inner * shape.inner + of.key * shape.key
    found += of.score * shape.heads * how.length + keeps.token + keeps.head * shape.heads
    if how.rank is not None:
        adapted = how.adapted(shape)
        size = HALF if how.half else FLOAT
        found += how.rank * size * len(adapted)
        if how.dropout and adapted:  # a copy with holes of what goes into each, and the holes
            found += 2 * size * sum(each.into for each in adapted)
            found -= 0 if how.half else FLOAT * min(shape.inner + 2 * shape.hidden, sum(each.into for each in adapted))
    return found


def _last(shape: Shape, how: Setting) -> float:
    """Bytes of a token that are kept behind the last block."""
    norm = 0 if how.rank is not None else 3 if shape.rms else 2
    return norm * shape.hidden * FLOAT


def _passing(shape: Shape, how: Setting) -> float:
    """Bytes of a token that a block holds while it is at work, besides what it keeps.

    Two copies of what is widest: the feed-forward layer, or the scores, which are at work when nothing of the
    feed-forward layer is there.
    """
    of = shape.keeps.of(frozen=how.rank is not None, half=how.half)
    feed = 2 * (HALF if how.half else FLOAT) * (shape.inner + shape.hidden)
    scores = 2 * FLOAT * shape.heads * how.length if of.score else 0.0
    return max(feed, scores - of.inner * shape.inner)


def _unpacked(shape: Shape, how: Setting) -> float:
    """The largest weight that is taken out of its four bits."""
    if how.weight == FLOAT or how.rank is None:
        return 0.0
    return 2 * (HALF if how.half else FLOAT) * max((each.weights for each in shape.linears), default=0)


def copies_of(shape: Shape, how: Setting) -> float:
    """Weights in 16 bits, kept with the activations for the way back."""
    if not how.half:
        return 0.0
    linear = shape.linear if how.weight == FLOAT else 0
    adapter = how.trainable(shape) if how.rank is not None else 0
    head = shape.vocabulary * shape.hidden if chunk(how.tokens, shape.vocabulary) is None else 0
    if how.checkpointing:
        return HALF * ((linear + adapter) / shape.layers + head)
    return HALF * (linear + adapter + head)


def _cached(shape: Shape, how: Setting) -> float:
    """Weights in 16 bits that autocast keeps until the forward pass ends, of those that are trained."""
    if not how.half:
        return 0.0
    return HALF * (shape.linear if how.rank is None else how.trainable(shape))
