"""Several sources in one, each with its weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kcoder.choose import Use
from kcoder.plugin import load, option
from kcoder.source import Source, Wanted

if TYPE_CHECKING:
    import polars as pl


class Part(BaseModel):
    """One source of a mix."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    source: Use[Source] = option(help="a source by name, a file or a folder")
    weight: float = option(1.0, "share of the rows, against the weights of the others", source="own choice", gt=0)


class Mix(Source):
    """Sources by names of your own: `mix: {ours: rows.jsonl, stack: {source: bigcode/..., weight: 3}}`.

    Weights are shares of rows after sampling: where one source runs short, less is taken of the others. The name
    becomes each row's `source` and stands before its id.
    """

    parts: dict[Annotated[str, Field(pattern=r"^[\w.-]+$")], Part] = option(
        help="the sources by name, each alone or as {source: ..., weight: ...}", min_length=2
    )

    @model_validator(mode="before")
    @classmethod
    def _parts(cls, told: Any) -> Any:
        """The names stand for the parts, and a source alone has the weight 1."""
        if not isinstance(told, Mapping):
            return told
        told = dict(told.get("parts", told))
        alone = {
            name: part if isinstance(part, Part | Mapping) and "source" in dict(part) else {"source": part}
            for name, part in told.items()
        }
        return {"parts": alone}

    @classmethod
    def trial(cls, folder: Path) -> Mix:
        few = load("sources", "mini")(functions=3)
        return cls(parts={"a": Part(source=few), "b": Part(source=few, weight=2)})

    def shares(self) -> Mapping[str, float]:
        whole = sum(part.weight for part in self.parts.values())
        return {name: part.weight / whole for name, part in self.parts.items()}

    def count(self) -> int | None:
        counts = [part.source.count() for part in self.parts.values()]
        return None if None in counts else sum(count or 0 for count in counts)

    def batches(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        import polars as pl

        for name, part in self.parts.items():
            for batch in part.source.batches(wanted):
                yield batch.with_columns(
                    pl.format("{}/{}", pl.lit(name), "id").alias("id"), pl.lit(name).alias("source")
                )
