"""Fill-in-the-middle: which texts get a hole, and where.

Bavarian et al. 2022, "Efficient training of language models to fill in the middle": a text is cut at two characters
and stands before the model as prefix, suffix, middle (PSM) or as suffix, prefix, middle (SPM).
"""

from __future__ import annotations

import hashlib
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from kcoder.plugin import option

Order = Literal["psm", "spm"]


class Hole(NamedTuple):
    """The characters from `start` to `end` are what is to be filled in."""

    start: int
    end: int
    order: Order


class Infill(BaseModel):
    """Which texts get a hole. What a text gets depends on its id and the seed, on nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    rate: float = option(0.5, "share of the texts that get a hole", source="Li et al. 2023, StarCoder", gt=0, le=1)
    mode: Literal["psm", "spm", "both"] = option(
        "both",
        "prefix, suffix, middle; suffix, prefix, middle; or each half of the time",
        source="Li et al. 2023, StarCoder",
    )
    seed: int | None = option(None, "of the holes; the spec's own unless given", source="own choice", ge=0)

    def seeded(self, seed: int) -> Infill:
        """These options with a seed, where they have none of their own."""
        return self if self.seed is not None else self.model_copy(update={"seed": seed})

    def hole(self, row: str, text: str) -> Hole | None:
        """The hole of the text of this id, if it gets one. Both ends are drawn evenly from all places, as in the
        paper: any part may be empty.
        """
        digest = hashlib.sha256(f"{self.seed or 0}\0{row}".encode()).digest()
        chosen, coin, *ends = (int.from_bytes(digest[at : at + 8], "big") for at in range(0, 32, 8))
        if chosen / 2**64 >= self.rate:
            return None
        order: Order = ("spm" if coin % 2 else "psm") if self.mode == "both" else self.mode
        start, end = sorted(each % (len(text) + 1) for each in ends)
        return Hole(start, end, order)
