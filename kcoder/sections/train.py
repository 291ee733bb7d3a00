"""`train`: one method of fine-tuning, over the rows of `data`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

from kcoder.benchmark import Benchmark, unasked, unfit
from kcoder.choose import Named, Use
from kcoder.executor import Executor
from kcoder.generator import Generator
from kcoder.language import Language
from kcoder.plugin import load, name_of, option
from kcoder.section import Objection, Section, Wires, brief, never_saved
from kcoder.stage import Step, Training
from kcoder.stages.merge import MergeAdapter
from kcoder.stages.pack import Pack, TemplateName
from kcoder.stages.select import SelectCheckpoint
from kcoder.training.infill import Infill

#: tokens of a row in a smoke run
SHORT = 128
METRIC = re.compile(r"pass@([1-9]\d*)")


class Selection(BaseModel):
    """How the checkpoint is chosen that comes out of a training: on development problems, never on a test."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    on: Use[Benchmark] = option(help="development problems, such as mini-dev or mbpp: {part: validation}")
    by: str = option("pass@1", "the score that decides; of equal ones the lower validation loss", source="own choice")
    language: Annotated[str, Named("languages")] | None = option(
        None, "the language it writes in; that of data where not given", source="own choice"
    )
    problems: int | None = option(None, "the first of them at most; all where not given", source="own choice", ge=1)
    samples: int = option(1, "programs for each problem", source="own choice", ge=1)
    temperature: float = option(0.0, "0 always takes the likeliest token", source="own choice", ge=0, le=5)
    top_p: float = option(0.95, "share of the probability sampled from", source="Chen et al. 2021 §3.3", gt=0, le=1)
    max_tokens: int = option(256, "tokens of a completion", source="own choice", ge=1)
    generator: Use[Generator] = option("transformers", "what completes prompts", source="own choice")
    executor: Use[Executor] = option("sandbox", "what runs programs", source="own choice")

    @property
    def k(self) -> int:
        return int(self.by.removeprefix("pass@"))

    @field_validator("by")
    @classmethod
    def _known(cls, told: str) -> str:
        if METRIC.fullmatch(told):
            return told
        raise PydanticCustomError("metric", "{told} is no score to choose by", {"told": told, "hint": "say pass@1"})

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        """What speaks against it, with paths from the section."""
        if fault := unfit(self.on, getattr(told.get("evaluate"), "benchmark", None)):
            yield Objection(("select", "on"), f"train.select.on: {fault[0]}", fault[1])
        if self.k > self.samples:
            message = f"train.select.by: {self.by} needs at least {self.k} samples, samples is {self.samples}"
            yield Objection(("select", "by"), message, f"select: {{samples: {self.k}, temperature: 0.8}}")
        elif self.samples > 1 and not self.temperature:
            message = f"train.select.temperature: at 0 all {self.samples} samples of a problem are the same program"
            yield Objection(("select", "temperature"), message, "samples: 1, or a temperature above 0")
        if self.generator.own_model:
            message = f"train.select.generator: {name_of(self.generator)} answers with its own model"
            yield Objection(("select", "generator"), message, "leave generator out")
        name = self.language or getattr(told.get("data"), "language", None)
        if name is None:
            if told.get("data") is not None:
                message = "train.select: data has no one language, so which one decides has to be said"
                yield Objection(("select",), message, "select: {language: python}")
            return
        language: Language = load("languages", name)
        if not language.executable():
            message = f"train.select: {name} programs cannot be run: this language has no toolchain here"
            yield Objection(("select",), message, f"install: {language.install}" if language.install else "")
        elif fault := unasked(self.on, name):
            yield Objection(("select", "on"), f"train.select.on: {fault[0]}", fault[1])

    def stage(self, train: Step, language: str, seed: int) -> SelectCheckpoint:
        name = self.language or language
        options = {field: value for field, value in self if field not in ("on", "by", "language")}
        return SelectCheckpoint(
            kept=train["kept"],
            history=train["history"],
            benchmark=self.on.in_language(name),
            language=load("languages", name),
            k=self.k,
            seed=seed,
            **options,
        )


class TrainSection(Section):
    """The method by name, with its options beside it: `train: {method: lora, r: 16}`; `none` trains nothing."""

    after = ("specialists", "data")
    word = "method"
    absorbs = "method"

    method: Use[Training] | None = option("lora", "how to train; none leaves the model as it is", source="P3 §4.1.2")
    sequence_length: int | None = option(
        None,
        "tokens of a packed row; the least of 2048 and the model's context where not given",
        source="P3 §4.1",
        ge=8,
    )
    loss_on: Literal["completion", "all"] = option(
        "completion", "what is learnt: the completion, where rows have prompts, or all of the text", source="own choice"
    )
    template: TemplateName | None = option(
        None,
        "the words around a question and its answer, in training and evaluation; the model's own where not given, "
        "which is plain for a model from the hub",
        source="P2 §5.1: alpaca; P4 §4.3: chat",
    )
    chat_template: str | None = option(
        None,
        "for template: chat, a Jinja template or the file it stands in; the tokenizer's own where not given",
        source="P4 §4.3",
        min_length=1,
    )
    select: Selection | None = option(
        None,
        "which checkpoint comes out: that of the highest score on development problems, by name or with options; where "
        "not given, or off, that of the lowest validation loss",
        source="own choice; P4 §4.3: the lowest validation loss",
    )
    merge: Literal["off", "float32", "bfloat16", "float16"] = option(
        "off",
        "put the adapter into the weights, kept in this: a model for other programs, and the one that is evaluated",
        source="own choice",
    )
    fim: Infill | None = option(
        None, "fill-in-the-middle: a share of the rows that have no prompt get a hole", source="own choice"
    )

    @field_validator("method", mode="before")
    @classmethod
    def _none(cls, told: Any) -> Any:
        if isinstance(told, dict) and list(told) == ["none"] and told["none"]:
            hint = f"leave out {', '.join(told['none'])}, or name a method"
            raise PydanticCustomError("plugin", "none takes no options", {"hint": hint})
        return None if told in ("none", {"none": {}}, {"none": None}) else told

    @field_validator("select", mode="before")
    @classmethod
    def _by_name(cls, told: Any) -> Any:
        if told == "off":
            return None
        return {"on": told} if isinstance(told, str) else told

    @field_validator("chat_template")
    @classmethod
    def _of_a_file(cls, told: str | None) -> str | None:
        """The source itself, so that the key follows the words and not the name of their file."""
        if told is None or "{" in told:
            return told
        try:
            return Path(told).expanduser().read_text("utf-8")
        except (OSError, ValueError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or error
            hint = "give the path of a text file, or the Jinja template itself"
            message = f"{told} cannot be read: {reason}"
            raise PydanticCustomError("path", "{m}", {"m": message, "hint": hint}) from None

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        if self.method is None:
            return
        if "data" not in told:
            yield Objection(
                (), "train: there are no rows to learn from", "add a section: data: {source: FILE_OR_FOLDER}"
            )
        if "model" not in told and "pretrain" not in told:
            yield Objection((), "train: there is no model to start from", "add a section: model: ID, or pretrain")
        if self.chat_template and self.template != "chat":
            named = self.template or "the model's own"
            message = f"train.chat_template: the template is {named}, not chat"
            yield Objection(("chat_template",), message, "say template: chat, or leave chat_template out")
        if self.select:
            yield from _selects(self.method)
            yield from self.select.objections(told)
        if self.merge != "off" and getattr(self.method, "saves", "model") != "adapter":
            message = f"train.merge: {name_of(self.method)} leaves no adapter to merge"
            yield Objection(("merge",), message, "leave merge out; in a sweep give it to lora and qlora alone")
        yield from never_saved("train", self.method)

    def remarks(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        other = getattr(getattr(told.get("report"), "select", None), "on", None)
        if self.select and isinstance(other, Benchmark) and other.called() == self.select.on.called():
            message = f"train.select and report.select both choose on {other.called()}"
            hint = "what was chosen on these problems scores better on them than it is: take others for one of the two"
            yield Objection(("select", "on"), message, hint)

    @classmethod
    def smoke(cls, told: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        options = brief(told.get("method", cls.model_fields["method"].default))
        if options is None:
            return {}
        pretrain = spec.get("pretrain")
        context = pretrain.get("context") if isinstance(pretrain, dict) else None
        own: dict[str, Any] = {
            "sequence_length": min(SHORT, context) if isinstance(context, int) else SHORT,
            "chat_template": None,
        }
        chosen = told.get("select")
        if chosen and chosen != "off":
            how = chosen if isinstance(chosen, dict) else {"on": chosen}
            own["select"] = {**how, "by": "pass@1", "samples": 1, "temperature": 0, "problems": 5, "max_tokens": 64}
            options = {**options, **({"keep": 2} if "keep" in told else {})}
        return {"train": {**options, **own, **({"template": None} if told.get("template") == "chat" else {})}}

    def steps(self, up: Wires, at: str) -> Wires:
        if self.method is None:
            return up
        if up.rows is None or up.valid is None or up.base is None:
            raise ValueError("train stands before its rows or its model")
        pack = Pack(
            rows=up.rows,
            valid=up.valid,
            model=up.base,
            sequence_length=self.sequence_length,
            loss_on=self.loss_on,
            template=self.template,
            chat_template=self.chat_template,
            fim=self.fim and self.fim.seeded(up.seed),
        )
        rows = Step(f"{at}.rows", pack)
        method = self.method.wired(rows=rows["train"], valid=rows["valid"], model=up.base, seed=up.seed)
        if self.select and "keep" not in method.model_fields_set:
            method = method.model_copy(update={"keep": method.candidates})
        steps = [rows, Step(at, method)]
        if self.select:
            steps.append(Step(f"{at}.select", self.select.stage(steps[-1], up.target, up.seed)))
        if self.merge != "off":
            steps.append(Step(f"{at}.merge", MergeAdapter(model=steps[-1]["model"], dtype=self.merge)))
        return up.then(*steps, model=steps[-1]["model"])


def _selects(method: Training) -> Iterator[Objection]:
    """A method that leaves nothing to choose among."""
    if "kept" not in method.produces:
        message = f"train.select: {name_of(method)} keeps no checkpoints to choose among"
        yield Objection(("select",), message, "leave select out, or take another method")
    elif "keep" in method.model_fields_set and (getattr(method, "keep", None) or 0) < 2:
        yield Objection(("keep",), "train.keep: there is nothing for select to choose among", "keep: 5")
