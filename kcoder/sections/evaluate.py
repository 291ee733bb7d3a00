"""`evaluate`: complete, execute and score, for the untrained model and the trained one, in each language; and what
both lose on documents that were held out, and fill into holes in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from kcoder.benchmark import Benchmark
from kcoder.choose import Named, Use, loaded
from kcoder.executor import Executor
from kcoder.generator import Generator
from kcoder.held_out import SPLITS, HeldOut
from kcoder.language import Language
from kcoder.plugin import load, name_of, names, option
from kcoder.section import Model, Objection, Rows, Section, Wires
from kcoder.stage import Stage, Step
from kcoder.stages.complete import CompleteProblems
from kcoder.stages.execute import ExecutePrograms
from kcoder.stages.infill import FillHoles
from kcoder.stages.perplexity import MeasurePerplexity, Window
from kcoder.stages.read import Read
from kcoder.stages.references import ExecuteReferences
from kcoder.stages.score import ScoreOutcomes
from kcoder.stages.uncut import ExecuteUncut
from kcoder.stages.witnesses import ExecuteWitnesses

LanguageName = Annotated[str, Named("languages")]
PositiveInt = Annotated[int, Field(ge=1)]
Temperature = Annotated[float, Field(ge=0, le=5)]


class Losses(Window, HeldOut):
    """How perplexity and bits per byte are measured."""


class Holes(HeldOut):
    """Which holes are filled in."""

    span: Literal["line", "random"] = option("line", "what is taken out", source="Fried et al. 2022, single line")
    longest: int = option(100, "characters of a random span at most", source="own choice", ge=1)
    before: int = option(2000, "characters shown before the hole at most", source="own choice", ge=0)
    after: int = option(1000, "characters shown behind it at most", source="own choice", ge=0)
    max_tokens: int = option(64, "tokens of a filling at most", source="own choice", ge=1)


class EvaluateSection(Section):
    """pass@k on a benchmark. `base`, the untrained model, is always evaluated too."""

    after = ("train", "data", "pretrain", "model")
    word = "benchmark"

    problems: int | None = option(
        None, "problems of each language at most, the first; all where not given", source="own choice", ge=1
    )
    languages: tuple[LanguageName, ...] = option(
        ("python",), "languages to write in", source="own choice", min_length=1
    )
    file: str | None = option(
        None, "the benchmark's file, or a folder of its files, in place of the hub", source="own choice", min_length=1
    )
    benchmark: Use[Benchmark] = option(
        None,
        "a benchmark by name, or a file of problems; where not given humaneval for Python alone, else multipl-e",
        source="P1: the standards of Codex and MultiPL-E",
    )
    samples: int = option(20, "programs for each problem", source="own choice; the papers: 10", ge=1, le=10_000)
    temperature: tuple[Temperature, ...] = option(
        (0.2, 0.8), "one or several; 0 is greedy", source="P4 table 3", min_length=1
    )
    top_p: float = option(0.95, "share of the probability sampled from", source="Chen et al. 2021 §3.3", gt=0, le=1)
    max_tokens: int = option(256, "tokens of a completion", source="own choice", ge=1)
    pass_at: tuple[PositiveInt, ...] = option((1, 10), "the k of pass@k", source="P4 table 3", min_length=1)
    generator: Use[Generator] = option("transformers", "what completes prompts", source="own choice")
    executor: Use[Executor] = option("sandbox", "what runs programs", source="own choice")
    uncut: bool = option(
        False,
        "score completions as they stand too, with nothing cut: what the cut is worth, or hides. It costs up to twice "
        "the programs: all that the cut has changed",
        source="own choice",
    )
    perplexity: Losses | None = option(
        None, "perplexity and bits per byte on documents held out: test, valid, a file, or options", source="own choice"
    )
    infill: Holes | None = option(
        None,
        "exact match of what fills holes in documents held out: test, valid, a file, or options",
        source="own choice",
    )

    @field_validator("benchmark", mode="before")
    @classmethod
    def _of_languages(cls, told: Any, info: ValidationInfo) -> Any:
        if told is None:
            told = "humaneval" if info.data.get("languages", ("python",)) == ("python",) else "multipl-e"
        return _in_file(told, info.data.get("file"))

    @field_validator("perplexity", "infill", mode="before")
    @classmethod
    def _held_out(cls, told: Any) -> Any:
        """A word is a split, or what a source is told by."""
        if told == "off":
            return None
        if isinstance(told, str):
            return {"split": told} if told in SPLITS else {"source": told}
        return told

    @field_validator("temperature", mode="before")
    @classmethod
    def _one_or_several(cls, told: Any) -> Any:
        if isinstance(told, list):
            return tuple(told)
        return (told,) if isinstance(told, int | float) and not isinstance(told, bool) else told

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        if "model" not in told and "pretrain" not in told and not self.generator.own_model:
            yield Objection((), "evaluate: there is no model to evaluate", "add a section: model: ID, or pretrain")
        for number, k in enumerate(self.pass_at):
            if k in self.pass_at[:number]:
                yield Objection(("pass_at", number), f"evaluate.pass_at: {k} stands twice", "name it once")
            elif k > self.samples:
                message = (
                    f"evaluate.pass_at: pass@{k} needs at least {k} samples of each problem, samples is {self.samples}"
                )
                yield Objection(("pass_at", number), message, f"samples: {k}, or take {k} out of pass_at")
        names = [f"{temperature:g}" for temperature in self.temperature]  # as they stand in the names of steps
        for number, name in enumerate(names):
            if name in names[:number]:
                yield Objection(("temperature", number), f"evaluate.temperature: {name} stands twice", "name it once")
        if 0 in self.temperature and self.samples > 1:
            message = f"evaluate.temperature: at 0 all {self.samples} samples of a problem are the same program"
            yield Objection(("temperature",), message, "samples: 1 with pass_at: [1], or a temperature above 0")
        if self.benchmark.develops():
            message = (
                f"evaluate.benchmark: {self.benchmark.called()} holds development problems, which choices are made on"
            )
            yield Objection(
                ("benchmark",), message, "evaluate on a test; name this one in train.select.on, report.select.on"
            )
        yield from self._languages()
        yield from self._models(told)

    def _models(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        """Whether there is what answers, and what is held out."""
        own = self.generator.own_model
        if own and (there := [name for name in ("model", "pretrain") if name in told]):
            message = f"evaluate.generator: {name_of(self.generator)} answers with its own model, not with this spec's"
            yield Objection(("generator",), message, f"take out {' and '.join(there)}, or generator")
        if own and self.perplexity:
            message = f"evaluate.perplexity: {name_of(self.generator)} does not tell how likely a text is"
            yield Objection(("perplexity",), message, "take it out, or name a model")
        for name in ("perplexity", "infill"):
            held: HeldOut | None = getattr(self, name)
            if held and held.source is None and "data" not in told:
                message = f"evaluate.{name}: there is no {held.split} split without data"
                yield Objection((name,), message, f"a file of documents: {name}: FILE")

    def _languages(self) -> Iterator[Objection]:
        if self.file and "path" not in type(self.benchmark).model_fields:
            message = f"evaluate.file: {name_of(self.benchmark)} is read from no file"
            yield Objection(("file",), message, "leave file out, or name another benchmark")
            return
        has = self.benchmark.languages()
        for number, name in enumerate(self.languages):
            language: Language = load("languages", name)
            if name in self.languages[:number]:
                yield Objection(("languages", number), f"evaluate.languages: {name} stands twice", "name it once")
            elif not language.executable():
                message = f"evaluate.languages: {name} programs cannot be run: this language has no toolchain here"
                yield Objection(
                    ("languages", number), message, f"install: {language.install}" if language.install else ""
                )
            elif has is not None and name not in has:
                message = f"evaluate.languages: {name_of(self.benchmark)} has no problems in {name}"
                yield Objection(("languages", number), message, f"it has: {', '.join(has)}")

    @classmethod
    def smoke(cls, told: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        heat = told.get("temperature")
        samples = 1 if 0 in (heat if isinstance(heat, list) else [heat]) or told.get("samples") == 1 else 2
        small: dict[str, Any] = {"problems": 5, "samples": samples, "pass_at": [1, 2][:samples], "max_tokens": 64}
        for name in ("perplexity", "infill"):
            held = told.get(name)
            if held and held != "off":
                where = held if isinstance(held, dict) else {"split" if held in SPLITS else "source": held}
                small[name] = {**where, "documents": 5}
        return {"evaluate": small}

    def steps(self, up: Wires, at: str) -> Wires:
        if self.generator.own_model:
            models: dict[str, Model | None] = {"base": None}
        elif up.base is None or up.model is None:
            raise ValueError("evaluate stands before its model")
        else:
            models = {"base": up.base} if up.model == up.base else {"base": up.base, "tuned": up.model}
        # of the base too: the two are compared on the same problems
        held = up.held_by(up.model) if up.model else ()
        references = self._references(at)
        known = {"references": tuple(step["references"] for step in references), "held": held}
        steps = [*references, *self._witnesses(at)]
        for who, model in models.items():
            for temperature in self.temperature:
                steps += self._judged(f"{at}.{who}", who, model, temperature, up.seed, known)
        return up.then(*steps, *self._on_documents(up, models, at))

    def _on_documents(self, up: Wires, models: Mapping[str, Model | None], at: str) -> Iterator[Step]:
        """What each model loses on documents, and fills into holes in them."""
        kinds: tuple[tuple[str, HeldOut | None, Callable[..., Stage], dict[str, Any]], ...] = (
            ("perplexity", self.perplexity, MeasurePerplexity, {}),
            ("infill", self.infill, FillHoles, {"generator": self.generator, "seed": up.seed}),
        )
        for name, held, stage, more in kinds:
            if held is None:
                continue
            rows: Rows | None = up.test if held.split == "test" else up.valid
            if held.source is not None:
                alone = {self.languages[0]: 1.0} if len(self.languages) == 1 else {}
                read = Step(f"{at}.{name}.read", Read(source=held.source, languages=alone))
                rows = read["rows"]
                yield read
            for who, model in models.items():
                asked = stage(model=model, rows=rows, of=who, where=held.named(), **held.told(), **more)
                yield Step(f"{at}.{who}.{name}", asked)

    def _references(self, at: str) -> list[Step]:
        """The benchmark's own solutions, before any model's, in languages in which it may have some."""
        asked = {name: self.benchmark.in_language(name) for name in self.languages}
        return [
            Step(f"{at}.{name}.references", ExecuteReferences(**self._run(name)))
            for name, benchmark in asked.items()
            if benchmark.solved
        ]

    def _witnesses(self, at: str) -> Iterator[Step]:
        """What others have answered to problems without solutions, before any model."""
        files = self.benchmark.witness_files()
        for name in self.languages if files else ():
            yield Step(f"{at}.{name}.witnesses", ExecuteWitnesses(files=files, **self._run(name)))

    def _run(self, language: str) -> dict[str, Any]:
        """What is common to steps that run answers to the problems in this language."""
        return {
            "benchmark": self.benchmark.in_language(language),
            "language": load("languages", language),
            "executor": self.executor,
            "problems": self.problems,
        }

    def _judged(
        self, at: str, who: str, model: Model | None, temperature: float, seed: int, known: Mapping[str, Any]
    ) -> list[Step]:
        """Completions and outcomes for each language, then one table of scores."""
        if len(self.temperature) > 1:
            at = f"{at}.t{temperature:g}"
        steps: list[Step] = []
        outcomes, uncut = [], []
        for name in self.languages:
            language: Language = load("languages", name)
            complete = CompleteProblems(
                model=model,
                benchmark=self.benchmark.in_language(name),
                problems=self.problems,
                language=language,
                generator=self.generator,
                temperature=temperature,
                top_p=self.top_p,
                samples=self.samples,
                max_tokens=self.max_tokens,
                seed=seed,
            )
            completed = Step(f"{at}.{name}.complete", complete)
            execute = ExecutePrograms(completions=completed["completions"], language=language, executor=self.executor)
            executed = Step(f"{at}.{name}.execute", execute)
            steps += [completed, executed]
            outcomes.append(executed["outcomes"])
            if self.uncut:
                raw = ExecuteUncut(outcomes=executed["outcomes"], **dict(execute))
                steps.append(Step(f"{at}.{name}.uncut", raw))
                uncut.append(steps[-1]["uncut"])
        metric = load("metrics", "pass@k")(k=self.pass_at)
        known = {**known, "outcomes": tuple(outcomes), "uncut": tuple(uncut) or None}
        score = ScoreOutcomes(of=who, temperature=temperature, metrics=(metric,), **known)
        return [*steps, Step(f"{at}.score", score)]


def _in_file(told: Any, file: str | None) -> Any:
    """A benchmark by name, with its options, read from this file where it has one and none is among them."""
    options = told if isinstance(told, dict) else {told: {}} if isinstance(told, str) else {}
    name, own = next(iter(options.items())) if len(options) == 1 else ("", None)
    if (
        file is None
        or name not in names("benchmarks")
        or "path" not in getattr(loaded("benchmarks", name), "model_fields", {})
    ):
        return told
    return {name: {"path": file, **(own or {})}} if isinstance(own, dict | None) else told
