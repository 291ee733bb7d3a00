"""`data`: rows to learn from, filtered, without duplicates and benchmark problems, split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from kcoder.benchmark import Benchmark
from kcoder.choose import Named, Use
from kcoder.embedder import Embedder
from kcoder.errors import UsageError
from kcoder.filter import Filter, Sieve
from kcoder.plugin import name_of, option
from kcoder.records import Leak
from kcoder.section import Objection, Rows, Section, Wires
from kcoder.source import Source
from kcoder.stage import Output, Stage, Step
from kcoder.stages.decontaminate import Decontaminate
from kcoder.stages.duplicates import Duplicates
from kcoder.stages.filter import FilterRows
from kcoder.stages.keep import Keep
from kcoder.stages.neighbours import Neighbours
from kcoder.stages.read import Read
from kcoder.stages.split import Split

#: filters by the recipe they belong to
PRESETS: Mapping[str, Mapping[str, Any]] = {
    # P3 §3.2: average line > 100, longest line > 1000, fewer than 25 % letters
    "stack": {"max_avg_line_length": 100, "max_line_length": 1000, "min_alphabetic": 0.25},
    # Codex as P2 §2.3 tells it; how few letters and digits are too few is not published: The Stack's 25 %
    "codex": {
        "max_bytes": 1_000_000,
        "generated": "on",
        "max_avg_line_length": 100,
        "max_line_length": 1000,
        "min_alphanumeric": 0.25,
    },
    # CodeGeeX, what P2 §2.3 tells of single files
    "codegeex": {
        "max_avg_line_length": 100,
        "generated": "on",
        "min_alphabetic": 0.40,
        "max_bytes": 102_400,
        "min_bytes": 1_024,
        "min_stars": 1,
        "max_repository_size": 10_485_760,
    },
    "off": {},
}
#: the benchmarks whose problems are looked for where a spec names none. A list with a revision: another list is
#: another number, so that a new release of kcoder changes no data without a word.
BENCHMARKS = ("humaneval", "mbpp", "multipl-e", "humaneval-x")

#: rows of a smoke run, and how so few are split
FEW = 50
SPLIT_OF_FEW: Mapping[str, Any] = {"train": 0.7, "valid": 0.15, "test": 0.15, "by": ["near"]}

LanguageName = Annotated[str, Named("languages")]
Share = Annotated[float, Field(gt=0)]
OWN = "own choice"


class Part(BaseModel):
    """A part of the section that has options of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


class Shares(Part):
    """The shares of the three splits; they add up to one. What is alike stays together."""

    train: float = option(0.90, "share of the rows", source="P3 §3.2", gt=0, lt=1)
    valid: float = option(0.05, "share of the rows", source="P3 §3.2", gt=0, lt=1)
    test: float = option(0.05, "share of the rows", source="P3 §3.2", ge=0, lt=1)
    by: tuple[Literal["repository", "near"], ...] = option(
        ("repository", "near"), "what keeps rows together: their repository, being near duplicates", source=OWN
    )
    threshold: float = option(0.7, "Jaccard similarity of near duplicates", source=OWN, gt=0, le=1)
    seed: int = option(0, "of the hash; not the spec's own, so that its seeds share a split", source=OWN, ge=0)


class Sample(Part):
    """How many rows are drawn, before filtering, and how."""

    n: int = option(help="rows", gt=0)
    seed: int | None = option(None, "of the draw; the spec's own if not given", source=OWN, ge=0)
    method: Literal["hash", "first"] = option(
        "hash", "hash: by the digest of the id, reads all; first: the first rows, reads no further", source=OWN
    )
    fewer: Literal["stop", "take"] = option("stop", "where there are fewer rows: stop, or take them all", source=OWN)


class Leaks(Part):
    """Which benchmarks' problems are looked for, and what is done about the rows that hold them."""

    benchmarks: tuple[Use[Benchmark], ...] = option(
        BENCHMARKS, "benchmarks by name, or files of problems", source=OWN, min_length=1
    )
    mode: Literal["drop", "report"] = option("drop", "drop the rows, or keep them and tell", source=OWN)
    missing: Literal["stop", "report"] = option(
        "stop", "what to do about a benchmark that cannot be had: stop, or go on and tell", source=OWN
    )
    min_coverage: float = option(
        0.6, "share of a problem that a row must cover", source="own choice, measured", gt=0, le=1
    )
    neighbours: Use[Embedder] | None = option(
        None,
        "an embedder: report the rows nearest to each problem, by its cosine and by Jaccard; it embeds every row, "
        "and nothing is reported where none is given",
        source=OWN,
    )

    def search(self, rows: Rows) -> Decontaminate:
        return Decontaminate(rows=rows, benchmarks=self._sought(), mode=self.mode, min_coverage=self.min_coverage)

    def report(self, rows: Rows, leaks: Output[Leak], embedder: Embedder) -> Neighbours:
        return Neighbours(rows=rows, leaks=leaks, benchmarks=self._sought(), embedder=embedder)

    def _sought(self) -> tuple[Benchmark, ...]:
        """What is to be done about a benchmark that cannot be had is the benchmark's own affair, where it has one."""
        return tuple(
            b.model_copy(update={"missing": self.missing}) if "missing" in type(b).model_fields else b
            for b in self.benchmarks
        )


class DataSection(Section):
    """Rows of one source or several, in the languages wanted."""

    after = ("pretrain", "synthesize")
    word = "source"
    bare: ClassVar[Mapping[str, tuple[str, str]]] = {"filter": ("preset", "off")}

    source: Use[Source] | None = option(None, "a source by name, a hub id, a file, a folder, or a mix", source=OWN)
    language: LanguageName | None = option(None, "the language to keep", source=OWN)
    languages: dict[LanguageName, Share] | None = option(
        None, "several languages with the share of the rows each gets", source=OWN, min_length=1
    )
    sample: Sample | None = option(None, "rows to draw before filtering; all where not given", source="P3 §3.2")
    filter: dict[str, Use[Filter]] = option(
        dict(PRESETS["stack"]),
        "a preset (stack, codex, codegeex), or filters by name, each with its limit, `on`, `flag` or `off`",
        source="P3 §3.2",
    )
    keep: tuple[str, ...] = option((), "conditions on measures: cyclomatic >= 2", source=OWN)
    dedup: tuple[Use[Sieve], ...] = option(
        ("exact",), "how duplicates are found, one way or several in turn; `off` keeps them", source=OWN
    )
    decontaminate: Leaks | None = option(
        Leaks(), "the benchmarks whose problems may not be learnt from; `off` does not look", source=OWN
    )
    split: Shares = option(Shares(), "shares of train, valid and test", source="P3 §3.2")

    @field_validator("filter", mode="before")
    @classmethod
    def _over_the_preset(cls, told: Any) -> Any:
        """A mapping is laid over a preset, P3's if none is named; each entry becomes the plugin with that option."""
        if isinstance(told, str) and told in PRESETS:
            told = {"preset": told}
        if not isinstance(told, dict) or told.get("preset", "stack") not in PRESETS:
            raise ValueError(f"expected {', '.join(PRESETS)}, or a mapping {{max_line_length: 500}}")
        told = dict(told)
        wanted: dict[str, Any] = {**PRESETS[told.pop("preset", "stack")], **told}
        empty = PydanticCustomError("plugin", "no limit is given", {"hint": "give one, or say off (or on, or flag)"})
        if faults := [InitErrorDetails(type=empty, loc=(n,), input=None) for n, limit in told.items() if limit is None]:
            raise ValidationError.from_exception_data("filter", faults, input_type="json")
        spoken: dict[str, Any] = {"on": {}, "flag": {"then": "flag"}}
        return {
            name: {name: spoken.get(limit, limit) if isinstance(limit, str) else limit}
            for name, limit in wanted.items()
            if limit != "off"
        }

    @field_validator("sample", mode="before")
    @classmethod
    def _number(cls, told: Any) -> Any:
        return {"n": told} if isinstance(told, int) and not isinstance(told, bool) else told

    @field_validator("keep", mode="before")
    @classmethod
    def _one_condition(cls, told: Any) -> Any:
        return (told,) if isinstance(told, str) else _tuple(told)

    @field_validator("keep")
    @classmethod
    def _conditions(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        return Keep.readable(told)

    @field_validator("dedup", mode="before")
    @classmethod
    def _one_or_several(cls, told: Any) -> Any:
        if told is None:
            raise PydanticCustomError("plugin", "no sieve is named", {"hint": "name one, or say off"})
        if told == "off":
            return ()
        return tuple(told) if isinstance(told, list | tuple) else (told,)

    @field_validator("decontaminate", mode="before")
    @classmethod
    def _benchmarks(cls, told: Any) -> Any:
        """A benchmark, or several, stand for themselves; a mapping has options."""
        if told is None:
            raise PydanticCustomError("plugin", "no benchmark is named", {"hint": "name one, or say off"})
        if told == "off":
            return None
        if isinstance(told, Leaks):
            return told
        spoken = isinstance(told, dict) and not set(told).isdisjoint(Leaks.model_fields)
        options = dict(told) if spoken else {"benchmarks": told}
        if "benchmarks" in options and not isinstance(options["benchmarks"], list | tuple):
            options["benchmarks"] = [options["benchmarks"]]
        return {name: _tuple(value) for name, value in options.items()}

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
        if self.languages and len(self.languages) > 1 and self.source and self.source.shares():
            yield Objection(
                ("languages",), "data.languages: the source already shares rows out by its parts", "keep one of them"
            )
        shares = self.split.train + self.split.valid + self.split.test
        if abs(shares - 1) > 1e-6:
            message = f"data.split: train, valid and test add up to {shares:g}, not 1"
            yield Objection(("split",), message, "for example {train: 0.9, valid: 0.05, test: 0.05}")
        for number, benchmark in enumerate(self.decontaminate.benchmarks if self.decontaminate else ()):
            try:
                benchmark.check_texts()
            except UsageError as error:
                where = ("decontaminate", "benchmarks", number)
                yield Objection(where, f"data.decontaminate: {error.message}", error.hint)
        rows = self.source.count() if self.source else None
        if self.sample and rows is not None and self.sample.n > rows and self.sample.fewer == "stop":
            message = f"data.sample: the source has {rows:,} rows, fewer than {self.sample.n:,}"
            yield Objection(("sample",), message, "ask for fewer, or leave sample out to take all")

    def remarks(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        """A benchmark that is evaluated, or that choices are made on, whose problems are not looked for."""
        chosen = [(name, getattr(told.get(name), "select", None)) for name in ("train", "report")]
        judges = (
            (getattr(told.get("evaluate"), "benchmark", None), "is evaluated"),
            *((getattr(select, "on", None), f"is what {name}.select chooses on") for name, select in chosen),
        )
        looked_for = {_called(b) for b in self.decontaminate.benchmarks} if self.decontaminate else set()
        unsought = {_called(b): why for b, why in judges if isinstance(b, Benchmark) and _called(b) not in looked_for}
        cure = f"decontaminate: [{', '.join([*sorted(looked_for), *unsought])}]"
        for name, why in unsought.items():
            message = f"data.decontaminate: {name} {why}, and its problems are not looked for in the data"
            yield Objection((), message, cure)

    @classmethod
    def smoke(cls, told: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        small: dict[str, Any] = {"sample": {"n": FEW, "method": "first", "fewer": "take"}, "split": SPLIT_OF_FEW}
        dedup = told.get("dedup")
        if dedup not in (None, "off"):
            small["dedup"] = [_without_weights(way) for way in (dedup if isinstance(dedup, list) else [dedup])]
        leaks = told.get("decontaminate", {})
        if leaks != "off":
            spoken = isinstance(leaks, dict) and not set(leaks).isdisjoint(Leaks.model_fields)
            sought = leaks if spoken else {"benchmarks": leaks} if leaks else {}
            small["decontaminate"] = {**sought, "missing": "report", "neighbours": None}
        return {"data": small}

    def steps(self, up: Wires, at: str) -> Wires:
        steps: list[Step] = []
        rows = up.rows

        def then(name: str, stage: Stage, output: str = "kept") -> Rows:
            steps.append(Step(f"{at}.{name}", stage))
            return steps[-1][output]

        if self.source is not None:
            rows = then("read", self._read(self.source, up.seed), "rows")
        if rows is None:
            raise ValueError("data stands before its rows")
        if self.filter:
            rows = then("filter", FilterRows(rows=rows, filters=tuple(self.filter.values())))
        if self.keep:
            rows = then("keep", Keep(rows=rows, conditions=self.keep))
        for sieve in self.dedup:
            name = "duplicates" if len(self.dedup) == 1 else f"duplicates.{name_of(sieve)}"
            rows = then(name, Duplicates(rows=rows, sieve=sieve))
        before = rows
        if self.decontaminate:
            rows = then("decontaminate", self.decontaminate.search(before))
        held = steps[-1]["leaks"] if self.decontaminate and self.decontaminate.mode == "report" else None
        if self.decontaminate and self.decontaminate.neighbours:
            near = self.decontaminate.report(before, steps[-1]["leaks"], self.decontaminate.neighbours)
            steps.append(Step(f"{at}.neighbours", near))
        split = Step(f"{at}.split", Split(rows=rows, **self.split.model_dump()))
        return up.then(
            *steps,
            split,
            rows=split["train"],
            valid=split["valid"],
            test=split["test"],
            target=self.language or up.target,
            leaks=(*up.leaks, (held, split["train"])) if held else up.leaks,
        )

    def _read(self, source: Source, seed: int) -> Read:
        languages = self.languages or ({self.language: 1.0} if self.language else {})
        if self.sample is None:
            return Read(source=source, languages=languages, seed=seed)
        drawn = seed if self.sample.seed is None else self.sample.seed
        how = self.sample
        return Read(source=source, languages=languages, sample=how.n, method=how.method, fewer=how.fewer, seed=drawn)


def _without_weights(sieve: Any) -> Any:
    """The same way to find duplicates, where it needs an embedder with one that has no weights."""
    options = sieve.get("semantic") if isinstance(sieve, dict) else {}
    if sieve != "semantic" and not (isinstance(sieve, dict) and "semantic" in sieve):
        return sieve
    return {"semantic": {**(options if isinstance(options, dict) else {}), "embedder": "hashing"}}


def _called(benchmark: Benchmark) -> str:
    """The word that means this benchmark: of files of one's own the path."""
    name = name_of(benchmark)
    return str(getattr(benchmark, "path", name)) if name == "file" else name


def _tuple(told: Any) -> Any:
    """A list as the tuple that a field wants: what went through our hands is no longer taken for JSON."""
    return tuple(told) if isinstance(told, list) else told
