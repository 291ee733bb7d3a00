"""An adapter becomes part of its base's weights: a model that other programs read without knowing of adapters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from kcoder.amounts import size
from kcoder.errors import KcoderError, MachineLacksError
from kcoder.forecast import Forecast
from kcoder.host import Host
from kcoder.plugin import load, option
from kcoder.records import Checkpoint, Record
from kcoder.stage import Facts, Input, Output, Stage, Stored, target

#: of a weight
BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


class MergeAdapter(Stage):
    """Weights in four bits are taken out of them before; both models are asked on a batch of tokens, and where their
    logits lie apart the work is refused. What is rounded afterwards is another model: its own scores tell what it is
    worth.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"model": Checkpoint}

    model: Input[Checkpoint]
    dtype: Literal["float32", "bfloat16", "float16"] = option(
        "float32", "in what the weights are kept; 16 bits take half the space and round them", source="own choice"
    )

    def describe(self) -> str:
        return f"the adapter into its base, in {self.dtype}"

    def summary(self, facts: Facts) -> str:
        rounded = "" if facts["rounded"] is None else f"   rounding moves logits by up to {facts['rounded']:.2g}"
        return f"{facts['parameters']:,} parameters in {self.dtype}{rounded}"

    def foretold(self, stored: Stored) -> Mapping[str, Any]:
        return self.model.step.stage.foretold(stored)

    def forecast(self, stored: Stored, place: Path, *, probe: bool) -> Forecast | None:
        from kcoder.training.forecast import model
        from kcoder.training.room import room

        try:
            told = model(self.model, stored)
            weights: int = load("models", told["family"]).shape(told["config"]).parameters
        except KcoderError:
            return None
        there, kept = room(), BYTES[self.dtype] * weights
        memory = BYTES["float32"] * weights + (there.program if there else 0)
        asked = f"about {size(memory)} of {there.where if there else 'memory'}"
        lines = [f"memory    {asked}" + (f"   {size(there.free)} free" if there else ""), f"disk      {size(kept)}"]
        lacks = None
        if there and memory > there.free:
            message = f"merging needs {asked}, and {size(there.free)} are free"
            lacks = MachineLacksError(message, "say --device cpu, or leave train.merge out")
            lines += [f"lacking   {lacks.message}", f"          {lacks.hint}"]
        return Forecast(tuple(lines), {"memory": round(memory), "disk": kept}, lacks)

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import torch

        from kcoder.training import checkpoint
        from kcoder.training.card import read_card
        from kcoder.training.machine import settle
        from kcoder.training.merge import logits

        before = read_card(inputs[self.model])
        machine = settle(host, before.parameters)
        loaded = checkpoint.load_plain(inputs[self.model], host.say, device=machine.device)
        model, rounded = loaded.model, None
        if self.dtype != "float32":
            exact = logits(model)
            rounded = float((logits(_rounded(model, getattr(torch, self.dtype))) - exact).abs().max())
            if not math.isfinite(rounded):
                raise KcoderError(f"some weights are beyond what {self.dtype} holds", "say merge: bfloat16, or float32")
            model.to(getattr(torch, self.dtype))
        card = replace(
            before,
            kind="model",
            parameters=checkpoint.count(model),
            dtype=self.dtype,
            base="",
            four_bit=None,
            lineage=(*before.lineage, f"merged, in {self.dtype}"),
        )
        final = target(out, "model", Checkpoint)
        checkpoint.save(model, loaded.tokenizer, card, final)
        return {"parameters": card.parameters, "dtype": self.dtype, "rounded": rounded}


def _rounded(model: Any, dtype: Any) -> Any:
    """As it will be read: 16 bits on the disk, 32 in memory. What a model computes for itself is not rounded."""
    for weight in model.parameters():
        weight.data = weight.data.to(dtype).to(weight.dtype)
    return model
