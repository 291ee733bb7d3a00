"""Rows into train, valid and test, so that equal texts stay together and new rows move no old ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import model_validator

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.records import Document, Record
from kcoder.stage import Facts, Input, Output, Stage, target


class Split(Stage):
    """Each row goes where a hash of its prompt and text says: to `valid` below that share, and so on.

    The shares hold on average; the counts are in the facts. Equal rows never stand on both sides; rows that
    are only alike may.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"train": Document, "valid": Document, "test": Document}

    rows: Input[Document]
    train: float = option(0.90, "share of the rows", source="P3 §3.2", gt=0, lt=1)
    valid: float = option(0.05, "share of the rows", source="P3 §3.2", gt=0, lt=1)
    test: float = option(0.05, "share of the rows", source="P3 §3.2", ge=0, lt=1)
    seed: int = option(0, "of the hash", source="own choice", ge=0)

    @model_validator(mode="after")
    def _add_up(self) -> Split:
        total = self.train + self.valid + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(f"train, valid and test add up to {total:g}, not 1")
        return self

    @classmethod
    def conserves(cls) -> bool:
        return True

    def describe(self) -> str:
        return f"{self.train:.0%} train, {self.valid:.0%} valid, {self.test:.0%} test"

    def summary(self, facts: Facts) -> str:
        return "    ".join(f"{facts[name]:,} {name}" for name in self.produces)

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        rows = pl.read_parquet(inputs[self.rows])
        pairs = zip(rows["prompt"], rows["text"], strict=True)
        parts = pl.Series([self.part(prompt, text) for prompt, text in pairs], dtype=pl.String)
        facts: Facts = {"in": rows.height}
        for name in self.produces:
            part = rows.filter(parts == name)
            if part.is_empty() and name != "test":
                raise KcoderError(
                    f"no row of {rows.height:,} fell to {name}, whose share is {getattr(self, name):g}",
                    f"give {name} a larger share in split, or bring more rows",
                )
            part.write_parquet(target(out, name, Document))
            facts[name] = part.height
        return facts

    def part(self, prompt: str | None, text: str) -> str:
        """Where a row goes: its digest, as a number between 0 and 1, is compared with the shares."""
        digest = hashlib.sha256(f"{self.seed}\0{prompt or ''}\0{text}".encode()).digest()
        place = int.from_bytes(digest[:8], "big") / 2**64
        if place < self.valid:
            return "valid"
        return "test" if place < self.valid + self.test else "train"
