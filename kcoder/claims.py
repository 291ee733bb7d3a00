"""What a published number can and cannot be: percentages of so many problems, counts of trained parameters.

The test of percentages is GRIM's (Brown & Heathers 2017): the mean of whole numbers of n problems is a multiple of
1/n, so most percentages with two decimals are impossible for a given n.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

#: sizes of the usual benchmarks, to name those that a percentage would fit
SIZES: Mapping[int, str] = {
    154: "MultiPL-E HumanEval, Go",
    156: "MultiPL-E HumanEval, Rust",
    158: "MultiPL-E HumanEval, Java",
    159: "MultiPL-E HumanEval, Swift",
    161: "MultiPL-E HumanEval",
    164: "HumanEval",
    374: "MBPP, the training part",
    397: "MultiPL-E MBPP",
    427: "MBPP, sanitized by hand",
    500: "MBPP, the test part",
    974: "MBPP",
}


def _number(told: Any) -> Any:
    return told.replace("_", "").replace(",", "").removesuffix("%").strip() if isinstance(told, str) else told


class Adapter(BaseModel):
    """A LoRA: its rank, how many layers it goes into, and the modules of a layer with what goes in and comes out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    r: int = Field(ge=1)
    layers: int = Field(ge=1)
    modules: dict[str, tuple[int, int]] = Field(min_length=1)

    def parameters(self) -> int:
        """Two matrices for each module: r x in and out x r (Hu et al. 2021, §4.1)."""
        return self.r * self.layers * sum(inner + outer for inner, outer in self.modules.values())


class Claim(BaseModel):
    """One published number. `percent` keeps its decimals: 19.20 claims more than 19.2."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    percent: Annotated[Decimal | None, BeforeValidator(_number)] = None
    n: Annotated[int | None, BeforeValidator(_number)] = Field(default=None, ge=1, description="problems")
    samples: Annotated[int, BeforeValidator(_number)] = Field(default=1, ge=1, description="of each problem")
    k: Annotated[int, BeforeValidator(_number)] = Field(default=1, ge=1, description="of pass@k")
    against: str = Field(default="", description="claims of one name are compared with each other")
    parameters: Annotated[int | None, BeforeValidator(_number)] = Field(default=None, ge=1)
    adapter: Adapter | None = None


class Finding(BaseModel):
    """A claim, and what is wrong with it; nothing where it may be so."""

    what: str
    wrong: str = ""


def findings(claims: Sequence[Claim]) -> list[Finding]:
    """What can be said of each claim, and of those that are compared with each other."""
    found = [Finding(what=claim.what, wrong="; ".join(_faults(claim))) for claim in claims]
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.against and claim.n:
            groups.setdefault(claim.against, []).append(claim)
    for name, group in groups.items():
        sizes = sorted({claim.n for claim in group if claim.n})
        wrong = f"compares shares of {' and '.join(map(str, sizes))} problems" if len(sizes) > 1 else ""
        found.append(Finding(what=name, wrong=wrong))
    return found


def _faults(claim: Claim) -> Iterator[str]:
    if claim.k > claim.samples and claim.samples > 1:
        yield f"pass@{claim.k} cannot be told from {claim.samples} samples"
    elif claim.percent is not None and claim.n is not None:
        yield from _percentage(claim.percent, claim.n, _denominator(claim))
    if claim.parameters is not None and claim.adapter is not None:
        right = claim.adapter.parameters()
        if right != claim.parameters:
            yield f"{claim.parameters:,} parameters; an adapter of this shape has {right:,}"


def _denominator(claim: Claim) -> int:
    """One problem's pass@k is a multiple of one part in so many: of C(n, k) (Chen et al. 2021, eq. 1)."""
    return 1 if claim.samples == 1 else math.comb(claim.samples, claim.k)


def _percentage(percent: Decimal, n: int, parts: int) -> Iterator[str]:
    if not 0 <= percent <= 100:
        yield f"{percent} % is no share"
        return
    if possible(percent, n * parts):
        return
    nearest = round(percent * n * parts / 100)
    around = ", ".join(f"{c} gives {_rounded(c, n * parts, percent)} %" for c in (nearest - 1, nearest, nearest + 1))
    fits = [f"{size} ({name})" for size, name in SIZES.items() if size != n and possible(percent, size * parts)]
    others = f"; it fits {', '.join(fits)}" if fits else "; it fits no usual benchmark"
    of = f"{n} problems" if parts == 1 else f"{n} problems of {parts} parts each"
    yield f"{percent} % of {of} cannot be: {around}{others}"


def possible(percent: Decimal, whole: int) -> bool:
    """Whether some count of `whole` rounds to this percentage at its own number of decimals."""
    nearest = round(percent * whole / 100)
    half = Decimal(1).scaleb(_exponent(percent)) / 2
    return any(abs(Decimal(100 * c) / whole - percent) <= half for c in (nearest - 1, nearest, nearest + 1))


def _rounded(count: int, whole: int, like: Decimal) -> Decimal:
    return (Decimal(100 * count) / whole).quantize(Decimal(1).scaleb(_exponent(like)))


def _exponent(percent: Decimal) -> int:
    exponent = percent.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
