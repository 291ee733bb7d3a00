"""Documents that nothing was learnt from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kcoder.choose import Use
from kcoder.plugin import name_of, option
from kcoder.source import Source

#: the splits of `data` that nothing was learnt from
SPLITS = ("test", "valid")


class HeldOut(BaseModel):
    """Documents that are held out: a split of `data`, or rows of a source of their own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    split: Literal["test", "valid"] = option("test", "the split of data", source="P3 §3.2")
    source: Use[Source] | None = option(
        None, "a file, a folder or another source in place of a split", source="own choice"
    )
    documents: int = option(
        500, "documents of a language at most, drawn by the digest of their ids", source="own choice", ge=1
    )

    def named(self) -> str:
        """The rows as a report names them."""
        if self.source is None:
            return f"{self.split} split"
        return Path(getattr(self.source, "path", "")).name or name_of(self.source)

    def told(self) -> dict[str, Any]:
        """The options of the stage."""
        return {name: value for name, value in self if name not in ("split", "source")}
