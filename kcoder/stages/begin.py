"""A model from nothing: a tokenizer trained on the rows and random weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.model import ModelFamily
from kcoder.plugin import option
from kcoder.records import Checkpoint, Document, Record
from kcoder.stage import Facts, Input, Output, Stage, Stored, target


class Begin(Stage):
    """Makes an untrained checkpoint. What it is good for is decided by the training that follows."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"model": Checkpoint}

    rows: Input[Document]
    architecture: Use[ModelFamily] = option("codegen", "the model family", source="P3 §3.1")
    hidden: int = option(128, "units of the hidden state", source="own choice, measured", gt=0)
    layers: int = option(2, "transformer layers", source="own choice, measured", gt=0)
    heads: int = option(4, "attention heads", source="own choice, measured", gt=0)
    context: int = option(256, "tokens the model can look at", source="own choice, measured", ge=16)
    vocabulary: int = option(
        768,
        "tokens of the vocabulary at most; 256 bytes and 2 marks come first",
        source="own choice, measured",
        ge=264,
    )
    marks: tuple[str, ...] | None = option(
        None,
        "special tokens of the vocabulary besides end and padding: those of fill-in-the-middle",
        source="own choice",
    )
    seed: int = option(0, "of the random weights", source="own choice")

    def describe(self) -> str:
        return f"{self.architecture.name}, {self.layers} layers of {self.hidden}, random weights"

    def summary(self, facts: Facts) -> str:
        return f"{facts['parameters']:,} parameters   {facts['vocabulary']:,} tokens in the vocabulary"

    def foretold(self, stored: Stored) -> Mapping[str, Any]:
        """As if the tokenizer used all of its vocabulary."""
        return {"family": self.architecture.name, "config": self._shape(self.vocabulary)}

    def _shape(self, words: int) -> dict[str, Any]:
        return self.architecture.config(
            hidden=self.hidden,
            layers=self.layers,
            heads=self.heads,
            # a multiple of 8 keeps the last matrix product aligned
            vocabulary=-(-words // 8) * 8,
            context=self.context,
        )

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM

        from kcoder.training import checkpoint, tokenizer
        from kcoder.training.card import Card
        from kcoder.training.machine import quiet

        quiet()
        rows = pl.read_parquet(inputs[self.rows], columns=["prompt", "text"])
        if rows.is_empty():
            raise KcoderError("there are no rows to train a tokenizer on", "look at what the filters dropped")
        host.progress(f"training a tokenizer on {rows.height:,} documents")
        texts = rows.select(pl.concat_str(pl.col("prompt").fill_null(""), "text")).to_series()
        words = tokenizer.make(texts, self.vocabulary, self.context, self.marks or ())
        shape = self._shape(len(words))
        ends = {
            "bos_token_id": words.eos_token_id,
            "eos_token_id": words.eos_token_id,
            "pad_token_id": words.pad_token_id,
        }
        config = AutoConfig.for_model(self.architecture.name, **shape, **ends)
        torch.manual_seed(self.seed)
        model = AutoModelForCausalLM.from_config(
            config, dtype=torch.float32, attn_implementation=self.architecture.attention
        )
        parameters = checkpoint.count(model)
        card = Card(
            kind="model",
            family=self.architecture.name,
            parameters=parameters,
            trainable=parameters,
            context=self.context,
            lineage=(f"{parameters:,} random weights",),
        )
        checkpoint.save(model, words, card, target(out, "model", Checkpoint))
        return {
            "documents": rows.height,
            "parameters": parameters,
            "vocabulary": len(words),
            "rows": shape["vocab_size"],
        }
