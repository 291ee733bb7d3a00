"""Documents into rows of equal length, as the model sees them.

Each document stands whole in one row, next to others; positions restart where a document starts, which is
how the model keeps them apart. Where rows are several times as long as most documents, best-fit-decreasing
leaves less than a hundredth of the slots empty; one document a row would leave half to three quarters.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kcoder.errors import KcoderError

Ints = npt.NDArray[np.int32]

#: the label of a token that is not trained
IGNORE = -100


@dataclass(frozen=True)
class Piece:
    """Tokens that belong together, and for each what is trained: itself, or IGNORE."""

    ids: Ints
    labels: Ints


@dataclass(frozen=True)
class Packing:
    """`ids`, `labels`, `positions` of shape (rows, length)."""

    ids: Ints
    labels: Ints
    positions: Ints
    #: slots that hold no document
    padding: int
    #: the row each piece stands in
    row_of: Ints


def cut(
    question: Sequence[int], answer: Sequence[int], end: int, length: int, loss_on: str
) -> tuple[list[Piece], bool]:
    """A document's pieces of at most `length` tokens, and whether it had to be cut.

    A whole document ends with the trained `end` token. A document that is too long has none, since none of
    its pieces shows where it ends; pieces without a trained token are left out. The first token of a piece
    is never trained: nothing stands before it.
    """
    ids = np.array([*question, *answer, end], dtype=np.int32)
    labels = ids.copy()
    if loss_on == "completion":
        labels[: len(question)] = IGNORE
    whole = len(ids) <= length
    stop = len(ids) if whole else len(ids) - 1
    pieces = []
    for start in range(0, stop, length):
        part = labels[start : min(start + length, stop)].copy()
        part[0] = IGNORE
        if (part != IGNORE).any():
            pieces.append(Piece(ids[start : min(start + length, stop)], part))
    return pieces, not whole


def teaches(question: int, answer: int, length: int, loss_on: str) -> int:
    """How many tokens of a document are trained, from the numbers of its tokens alone: what `cut` must come to."""
    tokens = question + answer
    whole = tokens < length
    first = question if loss_on == "completion" else 0
    starts = range(0, tokens + whole, length)
    return tokens + whole - first - sum(start >= first for start in starts)


def fit(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Which pieces share a row: the longest first, each into the fullest row that still has room for it."""
    rows: list[list[int]] = []
    by_space: dict[int, list[int]] = {}
    spaces: list[int] = []  # the keys of by_space in order; at most `room` of them
    for piece in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        at = bisect_left(spaces, lengths[piece])
        if at < len(spaces):
            space = spaces[at]
            row = by_space[space].pop()
            if not by_space[space]:
                del by_space[space], spaces[at]
        else:
            space, row = room, len(rows)
            rows.append([])
        rows[row].append(piece)
        if left := space - lengths[piece]:
            if left not in by_space:
                by_space[left] = []
                insort(spaces, left)
            by_space[left].append(row)
    return rows


def pack(pieces: Sequence[Piece], length: int, pad: int) -> Packing:
    """Lay the pieces into rows. The unused end of a row is a document of its own that is never trained."""
    rows = fit([len(piece.ids) for piece in pieces], length)
    ids = np.full((len(rows), length), pad, dtype=np.int32)
    labels = np.full_like(ids, IGNORE)
    positions = np.zeros_like(ids)
    row_of = np.empty(len(pieces), dtype=np.int32)
    padding = 0
    for number, row in enumerate(rows):
        row_of[row] = number
        at = 0
        for piece in (pieces[i] for i in row):
            end = at + len(piece.ids)
            ids[number, at:end], labels[number, at:end] = piece.ids, piece.labels
            positions[number, at:end] = np.arange(end - at)
            at = end
        positions[number, at:] = np.arange(length - at)
        padding += length - at
    return Packing(ids, labels, positions, padding, row_of)


def require_labels(packed: Packing, end: int, whole: int, trained: int) -> None:
    """Raise KcoderError unless the rows teach what they should: each of the `whole` documents to end with the trained
    `end` token, and `trained` tokens in all, so that no token of a prompt is among them.

    A collator that hides padding by its number hides the end token too where both are one, and a model that is trained
    so never stops (trl#1623, #3091). So the rows themselves are looked at.
    """
    last = np.ones_like(packed.positions, dtype=bool)
    last[:, :-1] = packed.positions[:, 1:] == 0
    ends = int((last & (packed.labels == end) & (packed.ids == end)).sum())
    if ends < whole:  # a part of a longer document may end with one that its prompt names
        raise KcoderError(
            f"{whole:,} whole documents, but {ends:,} of them end with a trained end token: the model would not learn "
            "to stop",
            "this is a defect of the packing",
        )
    found = int((packed.labels != IGNORE).sum())
    if found != trained:
        raise KcoderError(
            f"{found:,} tokens are trained, but the documents have {trained:,} to train: some of their prompts are "
            "among them, or some answers are not",
            "this is a defect of the packing",
        )
    if not np.array_equal(packed.labels[packed.labels != IGNORE], packed.ids[packed.labels != IGNORE]):
        raise KcoderError("a label is another token than the one it stands for", "this is a defect of the packing")
