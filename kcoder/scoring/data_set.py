"""A data set whose figures are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class DataSet:
    """The rows of one set, or a sample of them, with what its source had to say."""

    name: str
    rows: pl.DataFrame
    #: rows the source gave, before a sample was drawn
    total: int
    said: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
