"""What a spec says about itself, apart from its sections."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from kcoder.plugin import option


class Head(BaseModel):
    """The fields at the top of a spec; every other name there is a section."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = option(help="names the run's folder", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    why: str = option("", "the question this spec answers; it heads the report", source="own choice")
    seed: int = option(0, "the seed of everything random", source="own choice", ge=0, lt=2**31)
    extends: str | None = option(None, "a spec that this one is laid over, by its path from here", source="own choice")
    variants: dict[str, dict[str, Any]] = option({}, "named changes, each run on its own", source="own choice")
    sweep: dict[str, list[Any]] = option({}, "values to try for dotted fields, all combinations", source="own choice")
