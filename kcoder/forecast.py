"""What a step will need of this machine, told before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kcoder.errors import MachineLacksError


@dataclass(frozen=True)
class Forecast:
    """Lines for a person, the same as numbers, and what the machine lacks, if anything."""

    lines: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    lacks: MachineLacksError | None = None
