"""Packed rows in memory, in the order a training sees them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import torch

from kcoder.errors import KcoderError
from kcoder.training.packing import IGNORE
from kcoder.training.template import Template

#: where, in the metadata of a file of packed rows, stands the template they were rendered with
RENDERED = "kcoder.template"


def rendered_with(file: Path) -> Template | None:
    """The template that packed rows were rendered with; None for rows that were packed before it was written down."""
    told = pl.read_parquet_metadata(file).get(RENDERED)
    return Template.of_json(json.loads(told)) if told else None


@dataclass(frozen=True)
class Rows:
    """Tensors of shape (rows, length). `targets[i, j]` is what should follow `ids[i, j]`, or IGNORE."""

    ids: torch.Tensor
    positions: torch.Tensor
    targets: torch.Tensor

    @classmethod
    def read(cls, file: Path) -> Rows:
        """Raises KcoderError when there are none."""
        table = pl.read_parquet(file)
        if table.is_empty():
            raise KcoderError(f"there are no packed rows in {file.name}", "look at the shares of the split")
        ids, labels, positions = (
            torch.tensor(table[name].explode().to_numpy()).view(table.height, -1)
            for name in ("ids", "labels", "positions")
        )
        targets = labels.roll(-1, dims=1)
        targets[:, -1] = IGNORE
        return cls(ids, positions, targets)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def length(self) -> int:
        return self.ids.shape[1]

    def pick(self, numbers: torch.Tensor) -> Rows:
        return Rows(self.ids[numbers], self.positions[numbers], self.targets[numbers])

    def split(self, size: int) -> Iterator[Rows]:
        for at in range(0, len(self), size):
            yield Rows(*(kind[at : at + size] for kind in (self.ids, self.positions, self.targets)))

    def on(self, device: str) -> Rows:
        return Rows(*(kind.to(device, torch.long) for kind in (self.ids, self.positions, self.targets)))

    def trained(self) -> int:
        return int((self.targets != IGNORE).sum())

    def trained_each(self) -> torch.Tensor:
        """How many tokens are trained in each row."""
        return (self.targets != IGNORE).sum(1)

    def digest(self) -> str:
        """Of every number in them, in order."""
        kinds = (self.ids, self.positions, self.targets)
        return hashlib.sha256(b"".join(hashlib.sha256(kind.numpy().tobytes()).digest() for kind in kinds)).hexdigest()

    def order(self, seed: int, epoch: int) -> torch.Tensor:
        """The numbers of all rows in this epoch's order, a function of seed and epoch: nothing to store."""
        draw = torch.Generator().manual_seed(seed * 1_000_003 + epoch)
        return torch.randperm(len(self), generator=draw)
