"""`data`: rows to learn from, filtered, without duplicates, split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from kcoder.choose import Named, Use
from kcoder.filter import Filter, Sieve
from kcoder.plugin import option
from kcoder.section import Objection, Section, Wires
from kcoder.source import Source
from kcoder.stage import Step
from kcoder.stages.duplicates import Duplicates
from kcoder.stages.filter import FilterRows
from kcoder.stages.read import Read
from kcoder.stages.split import Split

#: what P3 drops: average line > 100, longest line > 1000, fewer than 25 % letters
P3_FILTERS: Mapping[str, float] = {"max_avg_line_length": 100, "max_line_length": 1000, "min_alphabetic": 0.25}

LanguageName = Annotated[str, Named("languages")]
Share = Annotated[float, Field(gt=0)]


class Shares(BaseModel):
    """The shares of the three splits; they add up to one."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    train: float = option(0.90, "share of the rows", source="P3 §3.2", gt=0, lt=1)
    valid: float = option(0.05, "share of the rows", source="P3 §3.2", gt=0, lt=1)
    test: float = option(0.05, "share of the rows", source="P3 §3.2", ge=0, lt=1)


class DataSection(Section):
    """Rows of one source, in the languages wanted."""

    after = ("pretrain", "synthesize")
    word = "source"

    source: Use[Source] | None = option(None, "a source by name, a file or a folder", source="own choice")
    language: LanguageName | None = option(None, "the language to keep", source="own choice")
    languages: dict[LanguageName, Share] | None = option(
        None, "several languages with the share of the rows each gets", source="own choice", min_length=1
    )
    sample: int | None = option(None, "rows to draw before filtering; all where not given", source="P3 §3.2", gt=0)
    filter: dict[str, Use[Filter]] = option(
        dict(P3_FILTERS), "filters by name, each with its limit; `off` drops one", source="P3 §3.2"
    )
    dedup: Use[Sieve] | None = option("exact", "how duplicates are found; `off` keeps them", source="own choice")
    split: Shares = option(Shares(), "shares of train, valid and test", source="P3 §3.2")

    @field_validator("filter", mode="before")
    @classmethod
    def _over_the_preset(cls, told: Any) -> Any:
        """A mapping is laid over P3's filters; each entry becomes the plugin with that option."""
        if told == "off":
            return {}
        if told == "stack":
            told = {}
        if not isinstance(told, dict):
            raise ValueError("filter: expected stack, off, or a mapping {max_line_length: 500}")
        wanted: dict[str, Any] = {**P3_FILTERS, **told}
        empty = PydanticCustomError("plugin", "no limit is given", {"hint": "give one, or say off"})
        if faults := [InitErrorDetails(type=empty, loc=(n,), input=None) for n, limit in told.items() if limit is None]:
            raise ValidationError.from_exception_data("filter", faults, input_type="json")
        return {name: {name: limit} for name, limit in wanted.items() if limit != "off"}

    @field_validator("dedup", mode="before")
    @classmethod
    def _off(cls, told: Any) -> Any:
        if told is None:
            raise PydanticCustomError("plugin", "no sieve is named", {"hint": "name one, or say off"})
        return None if told == "off" else told

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        if self.source is None and "synthesize" not in told:
            yield Objection(
                ("source",), "data.source: required, but not given", "a name, a file or a folder: source: mini"
            )
        if self.language and self.languages:
            yield Objection(("languages",), "data.languages: there is data.language too", "keep one of them")
        if self.languages and abs(sum(self.languages.values()) - 1) > 1e-6:
            total = sum(self.languages.values())
            yield Objection(("languages",), f"data.languages: the shares add up to {total:g}, not 1", "make them 1")
        shares = self.split.train + self.split.valid + self.split.test
        if abs(shares - 1) > 1e-6:
            message = f"data.split: train, valid and test add up to {shares:g}, not 1"
            yield Objection(("split",), message, "for example {train: 0.9, valid: 0.05, test: 0.05}")
        rows = self.source.count() if self.source else None
        if self.sample and rows is not None and self.sample > rows:
            message = f"data.sample: the source has {rows:,} rows, fewer than {self.sample:,}"
            yield Objection(("sample",), message, "ask for fewer, or leave sample out to take all")

    def steps(self, up: Wires, at: str) -> Wires:
        steps: list[Step] = []
        rows = up.rows
        if self.source is not None:
            wanted = self.languages or ({self.language: 1.0} if self.language else {})
            read = Read(source=self.source, languages=wanted, sample=self.sample, seed=up.seed)
            steps.append(Step(f"{at}.read", read))
            rows = steps[-1]["rows"]
        if rows is None:
            raise ValueError("data stands before its rows")
        if self.filter:
            steps.append(Step(f"{at}.filter", FilterRows(rows=rows, filters=tuple(self.filter.values()))))
            rows = steps[-1]["kept"]
        if self.dedup:
            steps.append(Step(f"{at}.duplicates", Duplicates(rows=rows, sieve=self.dedup)))
            rows = steps[-1]["kept"]
        split = Step(f"{at}.split", Split(rows=rows, **self.split.model_dump()))
        return up.then(
            *steps,
            split,
            rows=split["train"],
            valid=split["valid"],
            test=split["test"],
            target=self.language or up.target,
        )
