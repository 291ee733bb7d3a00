"""`pretrain`: a small model of a named architecture, made from nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from kcoder.choose import Chosen, Use
from kcoder.errors import UsageError
from kcoder.model import PLAIN_MARKS, ModelFamily
from kcoder.plugin import load, option
from kcoder.section import Objection, Section, Wires, brief, never_saved
from kcoder.stage import Step, Training
from kcoder.stages.begin import Begin
from kcoder.stages.pack import Pack
from kcoder.training.infill import Infill

OWN = "own choice: docs/quickstart.md"


class PretrainSection(Section):
    """A tokenizer and a model trained on `data` from random weights; they take the place of `model`."""

    after = ("model",)
    absorbs = "method"
    presets: ClassVar[Mapping[str, tuple[Any, str]]] = {"learning_rate": (3e-3, OWN)}

    architecture: Use[ModelFamily] = option("codegen", "a model family by name", source="P1, P3: CodeGen")
    hidden: int = option(128, "width of the model", source=OWN, ge=8)
    layers: int = option(2, "transformer blocks", source=OWN, ge=1)
    heads: int = option(4, "attention heads", source=OWN, ge=1)
    vocabulary: int = option(768, "tokens asked of the tokenizer", source=OWN, ge=300)
    context: int = option(256, "tokens the model can see", source=OWN, ge=16)
    data: Annotated[Section, Chosen("data")] = option(help="what it learns from; the fields of the data section")
    method: Use[Training] = option("full", "how it is trained; its options stand beside it", source="own choice")
    sequence_length: int | None = option(128, "tokens of a packed row; at most the context", source=OWN, ge=8)
    loss_on: Literal["completion", "all"] = option(
        "completion", "what is learnt: the completion, where rows have prompts, or all of the text", source=OWN
    )
    fim: Infill | None = option(
        None, "fill-in-the-middle: a share of the rows that have no prompt get a hole", source="own choice"
    )

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        for objection in self.data.objections(told):
            message = objection.message.replace("data.", "pretrain.data.", 1)
            yield Objection(("data", *objection.path), message, objection.hint)
        yield from never_saved("pretrain", self.method)
        if self.sequence_length and self.sequence_length > self.context:
            message = f"pretrain.sequence_length: {self.sequence_length} is more than the context of {self.context}"
            yield Objection(("sequence_length",), message, "raise pretrain.context, or leave sequence_length out")
        if self.hidden % self.heads:
            message = f"pretrain.heads: {self.heads} heads do not divide the width {self.hidden}"
            yield Objection(("heads",), message, f"hidden: {self.hidden - self.hidden % self.heads or self.heads}")
        else:
            try:
                self.architecture.config(**self._shape())
            except UsageError as error:
                yield Objection(("architecture",), f"pretrain.architecture: {error.message}", error.hint)

    def remarks(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        for remark in self.data.remarks(told):
            message = remark.message.replace("data.", "pretrain.data.", 1)
            yield Objection(("data", *remark.path), message, remark.hint)

    @classmethod
    def smoke(cls, told: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        small = {"hidden": 64, "layers": 2, "heads": 4, "vocabulary": 768}
        options = brief(told.get("method", cls.model_fields["method"].default)) or {}
        data = told.get("data")
        inside = load("sections", "data").smoke(data if isinstance(data, dict) else {"source": data}, {})["data"]
        return {"pretrain": {**small, **options, "data": inside}}

    def steps(self, up: Wires, at: str) -> Wires:
        data = self.data.steps(Wires(seed=up.seed, sections=up.sections), f"{at}.data")
        if data.rows is None or data.valid is None:
            raise ValueError("a data section gave no rows")
        marks = (*self.architecture.fim, PLAIN_MARKS)[0] if self.fim else None
        begin = Step(
            f"{at}.begin",
            Begin(rows=data.rows, architecture=self.architecture, seed=up.seed, marks=marks, **self._shape()),
        )
        pack = Pack(
            rows=data.rows,
            valid=data.valid,
            model=begin["model"],
            sequence_length=self.sequence_length,
            loss_on=self.loss_on,
            fim=self.fim and self.fim.seeded(up.seed),
        )
        rows = Step(f"{at}.rows", pack)
        method = self.method.wired(rows=rows["train"], valid=rows["valid"], model=begin["model"], seed=up.seed)
        train = Step(at, method)
        leaks = up.leaks + data.leaks
        return up.then(*data.steps, begin, rows, train, base=train["model"], model=train["model"], leaks=leaks)

    def _shape(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("hidden", "layers", "heads", "vocabulary", "context")}
