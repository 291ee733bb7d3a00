"""`model: ID`: the model to start from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kcoder.errors import KcoderError
from kcoder.model import published_models
from kcoder.plugin import load, names, option
from kcoder.section import Objection, Section, Wires
from kcoder.stage import Step
from kcoder.stages.borrow import Borrow, artifact_of
from kcoder.training.card import read_card


class ModelSection(Section):
    """A hub id, a folder with weights, or `runs/NAME`: the model of another run (its base, if it has variants)."""

    word = "id"

    id: str = option(help="a hub id, a local folder, runs/NAME or runs/NAME/VARIANT", min_length=1)

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        if "pretrain" in told:
            yield Objection((), "model: there is a pretrain section too", "keep one: pretrain makes a model of its own")
        known = published_models().get(self.id)
        if known and getattr(told.get("train"), "fim", None) and not load("models", known.family).fim:
            message = f"model: {self.id} has no tokens for fill-in-the-middle, which train.fim asks for"
            yield Objection(
                ("id",), message, "leave train.fim out, or take a model that was taught, such as StarCoder2"
            )

    def remarks(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        known, train = published_models().get(self.id), told.get("train")
        if known and known.form == "chat" and getattr(train, "method", None) and not getattr(train, "template", None):
            message = f"model: {self.id} was taught to chat, and here it is asked in other words"
            yield Objection(("id",), message, "train: {template: chat} asks it in its own")
        if (family := _model_type(self.id)) and family not in names("models"):
            message = f"model: no plugin knows {family} models, so this one will be inspected"
            hint = (
                "its step tells which layers an adapter goes into; that documents stay apart is proved before training"
            )
            yield Objection(("id",), message, hint)

    @classmethod
    def smoke(cls, told: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        """A model of the same family made from nothing, whose tokenizer comes from the rows of `data`."""
        model, data, train = str(told.get("id", "")), spec.get("data"), spec.get("train")
        known = published_models().get(model)
        family = known.family if known else _family_of_run(model) or _model_type(model)
        rows = data if isinstance(data, dict) else {"source": "mini", "language": "python", "decontaminate": "off"}
        small = load("sections", "data").smoke(rows, spec)["data"]
        shape = {
            "architecture": family if family in names("models") else "llama",
            "context": 1024,
            "data": {**rows, **small},
            "fim": train.get("fim") if isinstance(train, dict) else None,
            # two models are two here as well
            "seed": int.from_bytes(hashlib.sha256(model.encode()).digest()[:2]),
        }
        return {"model": None, "pretrain": {**load("sections", "pretrain").smoke(shape, spec)["pretrain"], **shape}}

    def steps(self, up: Wires, at: str) -> Wires:
        step = Step(at, Borrow(source=self.id))
        return up.then(step, base=step["model"], model=step["model"])


def _family_of_run(source: str) -> str:
    """The family of another run's model; nothing where there is none, which its step will say."""
    try:
        artifact = artifact_of(source)
        return read_card(artifact / "model").family if artifact else ""
    except (KcoderError, OSError, ValueError, LookupError, AttributeError):  # no run, or one that cannot be read
        return ""


def _model_type(folder: str) -> str:
    """The architecture of a model in a folder; nothing where that cannot be read, which its step will say."""
    try:
        config = json.loads((Path(folder).expanduser() / "config.json").read_text("utf-8"))
    except (OSError, ValueError, RuntimeError):
        return ""
    return str(config.get("model_type", "")) if isinstance(config, dict) else ""
