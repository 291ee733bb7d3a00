"""Documents into packed rows of tokens, with what is trained in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kcoder.errors import KcoderError, UsageError
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.records import Checkpoint, Document, Packed, Record, schema
from kcoder.stage import Facts, Input, Output, Stage, target

if TYPE_CHECKING:
    from kcoder.training.card import Card
    from kcoder.training.packing import Packing, Piece

#: documents that are tokenised together
CHUNK = 1000


class Pack(Stage):
    """Renders, tokenises and packs training and validation rows. Of the model it reads only the words."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"train": Packed, "valid": Packed}

    rows: Input[Document]
    valid: Input[Document]
    model: Input[Checkpoint]
    sequence_length: int | None = option(
        None,
        "tokens of a row; 2048 when not said, or what the model can look at if that is less",
        source="P3 §3.2",
        ge=8,
    )
    loss_on: Literal["completion", "all"] = option(
        "completion",
        "train what follows the prompt, or the prompt too; a row without a prompt is trained whole",
        source="own choice, measured",
    )

    def describe(self) -> str:
        return f"rows of {self.sequence_length or 'at most 2048'} tokens, loss on {self.loss_on}"

    def summary(self, facts: Facts) -> str:
        told = facts["train"]
        cut = f"   {told['truncated']:,} documents cut" if told["truncated"] else ""
        return f"packed {told['rows']:,} × {facts['sequence_length']:,} tokens, {told['padding']:.1%} padding{cut}"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.training.card import read_card
        from kcoder.training.checkpoint import load_tokenizer

        card = read_card(inputs[self.model])
        length = self.sequence_length or min(2048, card.context)
        if length > card.context:
            raise UsageError(
                f"sequence_length is {length}, but the model can look at {card.context} tokens only",
                f"say sequence_length: {card.context}, or leave it out",
            )
        tokenizer = load_tokenizer(inputs[self.model])
        if tokenizer.eos_token_id is None:
            raise KcoderError("the model's tokenizer has no end token, so no text could ever end")
        facts: Facts = {"sequence_length": length}
        for name, rows in (("train", self.rows), ("valid", self.valid)):
            facts[name] = self._pack(name, inputs[rows], tokenizer, card, length, out, host)
        return facts

    def _pack(
        self, name: str, rows: Path, tokenizer: Any, card: Card, length: int, out: Path, host: Host
    ) -> dict[str, Any]:
        from kcoder.training.packing import IGNORE, pack
        from kcoder.training.tokenizer import padding

        pieces: list[Piece] = []
        documents = empty = truncated = 0
        for found, cut_short in self._documents(rows, tokenizer, card, length, f"packing {name}", host):
            documents, truncated = documents + 1, truncated + cut_short
            empty += not found and not cut_short
            pieces += found
        if not pieces:
            raise KcoderError(
                f"there is nothing to learn in the {name} rows: {documents} documents, {empty} of them empty",
                "look at what the filters dropped and at the shares of the split",
            )
        packed = pack(pieces, length, padding(tokenizer))
        trained = packed.labels != IGNORE
        ends = int(((packed.labels == tokenizer.eos_token_id) & trained).sum())
        if ends != (whole := documents - truncated - empty):
            raise KcoderError(
                f"{whole} whole {name} documents, but {ends} end tokens are trained: the model would not learn to stop"
            )
        _write(packed, target(out, name, Packed))
        return {
            "documents": documents,
            "empty": empty,
            "truncated": truncated,
            "rows": len(packed.ids),
            "tokens": int(packed.ids.size) - packed.padding,
            "trained": int(trained.sum()),
            "padding": round(packed.padding / packed.ids.size, 6),
        }

    def _documents(
        self, rows: Path, tokenizer: Any, card: Card, length: int, task: str, host: Host
    ) -> Iterator[tuple[list[Piece], bool]]:
        """The pieces of each document in order, and whether it was cut."""
        import polars as pl

        from kcoder.training.packing import cut
        from kcoder.training.tokenizer import encode, opening

        first = opening(tokenizer)
        table = pl.read_parquet(rows, columns=["prompt", "text"]).with_columns(pl.all().fill_null(""))
        for at in range(0, table.height, CHUNK):
            host.check()
            host.progress(f"{task}: {at:,} of {table.height:,} documents")
            rendered = [card.render(prompt, text) for prompt, text in table[at : at + CHUNK].iter_rows()]
            questions = encode(tokenizer, [question for question, _ in rendered])
            answers = encode(tokenizer, [answer for _, answer in rendered])
            for question, answer in zip(questions, answers, strict=True):
                if not answer and not question:
                    yield [], False
                else:
                    yield cut([*first, *question], answer, tokenizer.eos_token_id, length, self.loss_on)


def _write(packed: Packing, file: Path) -> None:
    import polars as pl

    columns = {name: pl.Series(getattr(packed, name)).arr.to_list() for name in Packed.columns}
    pl.DataFrame(columns, schema=schema(Packed)).write_parquet(file)
