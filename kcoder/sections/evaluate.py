"""`evaluate`: complete, execute and score, for the untrained model and the trained one, in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, field_validator

from kcoder.benchmark import Benchmark
from kcoder.choose import Named, Use
from kcoder.executor import Executor
from kcoder.generator import Generator
from kcoder.language import Language
from kcoder.plugin import load, name_of, option
from kcoder.section import Model, Objection, Section, Wires
from kcoder.stage import Step
from kcoder.stages.complete import CompleteProblems
from kcoder.stages.execute import ExecutePrograms
from kcoder.stages.references import ExecuteReferences
from kcoder.stages.score import ScoreOutcomes

LanguageName = Annotated[str, Named("languages")]
PositiveInt = Annotated[int, Field(ge=1)]
Temperature = Annotated[float, Field(ge=0, le=5)]


class EvaluateSection(Section):
    """pass@k on a benchmark. `base`, the untrained model, is always evaluated too."""

    after = ("train", "data", "pretrain", "model")
    word = "benchmark"

    benchmark: Use[Benchmark] = option(help="a benchmark by name, or a file of problems")
    languages: tuple[LanguageName, ...] = option(
        ("python",), "languages to write in", source="own choice", min_length=1
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

    @field_validator("temperature", mode="before")
    @classmethod
    def _one_or_several(cls, told: Any) -> Any:
        if isinstance(told, list):
            return tuple(told)
        return (told,) if isinstance(told, int | float) and not isinstance(told, bool) else told

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        if "model" not in told and "pretrain" not in told:
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
        if self.benchmark.split == "dev":
            message = (
                f"evaluate.benchmark: {name_of(self.benchmark)} holds development problems, which choices are made on"
            )
            yield Objection(("benchmark",), message, "evaluate on a test; name this one in report.select.on")
        yield from self._languages()

    def _languages(self) -> Iterator[Objection]:
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

    def steps(self, up: Wires, at: str) -> Wires:
        if up.base is None or up.model is None:
            raise ValueError("evaluate stands before its model")
        models = {"base": up.base} if up.model == up.base else {"base": up.base, "tuned": up.model}
        held = up.held_by(up.model)  # of the base too: the two are compared on the same problems
        steps = self._references(at)
        known = {"references": tuple(step["references"] for step in steps), "held": held}
        for who, model in models.items():
            for temperature in self.temperature:
                steps += self._judged(f"{at}.{who}", who, model, temperature, up.seed, known)
        return up.then(*steps)

    def _references(self, at: str) -> list[Step]:
        """The benchmark's own solutions, before any model's; nothing where it is known to have none."""
        if not self.benchmark.solved:
            return []
        return [
            Step(
                f"{at}.{name}.references",
                ExecuteReferences(benchmark=self.benchmark, language=load("languages", name), executor=self.executor),
            )
            for name in self.languages
        ]

    def _judged(
        self, at: str, who: str, model: Model, temperature: float, seed: int, known: Mapping[str, Any]
    ) -> list[Step]:
        """Completions and outcomes for each language, then one table of scores."""
        if len(self.temperature) > 1:
            at = f"{at}.t{temperature:g}"
        steps: list[Step] = []
        outcomes = []
        for name in self.languages:
            language: Language = load("languages", name)
            complete = CompleteProblems(
                model=model,
                benchmark=self.benchmark,
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
        metric = load("metrics", "pass@k")(k=self.pass_at)
        score = ScoreOutcomes(outcomes=tuple(outcomes), of=who, temperature=temperature, metrics=(metric,), **known)
        return [*steps, Step(f"{at}.score", score)]
