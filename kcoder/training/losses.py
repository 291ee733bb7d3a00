"""What a model loses on texts, token by token, through a window that slides over them.

Each token is predicted once. A window begins `stride` tokens after the one before and counts only what that one did not
reach, so that a token far into a text has at least context - stride tokens before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from kcoder.host import Host
from kcoder.training.machine import Machine

#: the owner of a token that is context alone
NOBODY = -1


class Text(NamedTuple):
    """Tokens that are looked at together. `owners[i]` is the number of the document that token i counts for, or
    NOBODY."""

    ids: Sequence[int]
    owners: Sequence[int]


class Window(NamedTuple):
    """The tokens of a text from `begin` to `end`, of which those from `first` on are predicted."""

    text: int
    begin: int
    first: int
    end: int


class Sums(NamedTuple):
    """For each document: the sum of -ln p in float64, and the number of tokens it is of."""

    nats: npt.NDArray[np.float64]
    tokens: npt.NDArray[np.int64]


def windows(text: int, length: int, context: int, stride: int) -> Iterator[Window]:
    """The windows of a text of so many tokens. Its first token is never predicted: nothing stands before it.

    `stride` must be below `context`: else a window would begin with a token that has nothing before it.
    """
    begin, done = 0, 1
    while done < length:
        end = min(begin + context, length)
        yield Window(text, begin, done, end)
        begin, done = begin + stride, end


def sums(
    model: Any,
    texts: Sequence[Text],
    documents: int,
    *,
    context: int,
    stride: int,
    batch: int,
    machine: Machine,
    host: Host,
) -> Sums:
    """The losses of so many documents. `batch` windows of about equal length go through the model together; shorter
    ones are filled up behind their end, which no token before it sees."""
    found = [np.zeros(len(text.ids)) for text in texts]
    todo = [each for n, text in enumerate(texts) for each in windows(n, len(text.ids), context, stride)]
    todo.sort(key=lambda each: (each.begin - each.end, each.text, each.begin))
    for at in range(0, len(todo), batch):
        host.check()
        host.progress(f"{at:,} of {len(todo):,} windows read")
        part = todo[at : at + batch]
        for window, nats in zip(part, _losses(model, texts, part, machine), strict=True):
            found[window.text][window.first : window.end] = nats
    total, tokens = np.zeros(documents), np.zeros(documents, dtype=np.int64)
    for text, nats in zip(texts, found, strict=True):
        owners = np.asarray(text.owners, dtype=np.int64)
        counted = owners != NOBODY
        counted[:1] = False
        total += np.bincount(owners[counted], weights=nats[counted], minlength=documents)
        tokens += np.bincount(owners[counted], minlength=documents)
    return Sums(total, tokens)


@torch.no_grad()
def _losses(
    model: Any, texts: Sequence[Text], part: Sequence[Window], machine: Machine
) -> Iterator[npt.NDArray[np.float64]]:
    """-ln p of the tokens each window predicts."""
    width = max(each.end - each.begin for each in part)
    rows = [list(texts[each.text].ids[each.begin : each.end]) for each in part]
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows], device=machine.device)
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=machine.device)
    with machine.autocast():
        logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
    for row, each in enumerate(part):
        first, end = each.first - each.begin, each.end - each.begin
        told = logits[row, first - 1 : end - 1].float()
        lost = torch.nn.functional.cross_entropy(told, ids[row, first:end], reduction="none")
        yield lost.double().cpu().numpy()
