"""A last look at the labels before the first step: at the rows themselves, as the loop will see them.

Packing has counted what is trained (`packing.require_labels`). This asks what counts cannot tell: that a label is the
very next token of the same document, and that each document that ends teaches its end.
"""

from __future__ import annotations

import torch

from kcoder.errors import KcoderError
from kcoder.training.packing import IGNORE
from kcoder.training.rows import Rows

AGAIN = "run the step that packs the rows again, with --redo and its name"


def require_sound(rows: Rows, end: int, words: int) -> None:
    """Raise KcoderError unless the rows can teach a model of so many `words`, whose documents end with token `end`.

    A label that is shifted twice, or reaches into the next document, lowers no alarm: the loss falls all the same.
    """
    if not rows.trained():
        raise KcoderError("no token of the rows is trained", AGAIN)
    if (most := int(rows.ids.max())) >= words:
        raise KcoderError(
            f"the rows hold token {most:,}, but the model knows {words:,}: they were made by another tokenizer", AGAIN
        )
    trained, following = rows.targets != IGNORE, rows.ids.roll(-1, 1)
    goes_on = rows.positions.roll(-1, 1) == rows.positions + 1
    goes_on[:, -1] = False
    if stray := int((trained & ~(goes_on & (rows.targets == following))).sum()):
        raise KcoderError(f"{stray:,} labels are not the next token of their document", AGAIN)
    ends = goes_on & (following == end) & ~goes_on.roll(-1, 1)  # the token after this one is the last of a document
    if untaught := int((ends & ~trained & _learns(rows, trained)).sum()):
        raise KcoderError(
            f"{untaught:,} documents end with an end token that is not trained: the model would not learn to stop",
            AGAIN,
        )


def _learns(rows: Rows, trained: torch.Tensor) -> torch.Tensor:
    """For each slot whether anything of its document is trained; the unused end of a row is a document without."""
    document = (rows.positions == 0).cumsum(1) - 1
    counts = torch.zeros_like(document).scatter_add_(1, document, trained.long())
    return counts.gather(1, document) > 0
