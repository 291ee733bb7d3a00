"""An adapter becomes part of its base's weights: a model that other programs read without knowing of adapters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from kcoder.host import Host
from kcoder.plugin import option
from kcoder.records import Checkpoint, Record
from kcoder.stage import Facts, Input, Output, Stage, Stored, target


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
            exact, rounding = logits(model), getattr(torch, self.dtype)
            # as it will be asked: 16 bits on the disk, 32 in memory
            rounded = float((logits(model.to(rounding).float()) - exact).abs().max())
            model.to(rounding)
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
