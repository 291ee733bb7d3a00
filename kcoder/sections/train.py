"""`train`: one method of fine-tuning, over the rows of `data`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from kcoder.choose import Use
from kcoder.plugin import option
from kcoder.section import Objection, Section, Wires, brief, never_saved
from kcoder.stage import Step, Training
from kcoder.stages.pack import Pack, TemplateName
from kcoder.training.infill import Infill

#: tokens of a row in a smoke run
SHORT = 128


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
        yield from never_saved("train", self.method)

    @classmethod
    def smoke(cls, told: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        options = brief(told.get("method", cls.model_fields["method"].default))
        if options is None:
            return {}
        pretrain = spec.get("pretrain")
        context = pretrain.get("context") if isinstance(pretrain, dict) else None
        own = {"sequence_length": min(SHORT, context) if isinstance(context, int) else SHORT, "chat_template": None}
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
        train = Step(at, method)
        return up.then(rows, train, model=train["model"])
