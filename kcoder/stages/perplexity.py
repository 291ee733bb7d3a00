"""What a model loses on documents it has not seen: perplexity and bits per byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel

from kcoder.choose import Use
from kcoder.errors import KcoderError, UsageError
from kcoder.host import Host
from kcoder.metric import Metric
from kcoder.plugin import option
from kcoder.records import Checkpoint, Document, Record, Score, TokenLoss, frame
from kcoder.stage import Facts, Input, Output, Stage, target

if TYPE_CHECKING:
    from kcoder.training.losses import Text
    from kcoder.training.render import Renderer

Row = Mapping[str, Any]


class Window(BaseModel):
    """How a model reads what it is measured on."""

    context: int | None = option(
        None, "tokens of a window; what the model can look at when not said", source="own choice", ge=2
    )
    stride: int | None = option(
        None, "tokens a window moves by; half a window when not said", source="own choice; P1 leaves it open", ge=1
    )
    first_token: Literal["skip", "predict"] = option(
        "skip", "a first token with nothing before it: left out, or predicted from the end token", source="transformers"
    )
    join: bool = option(
        False, "read all documents of a language as one text, the end token between them", source="own choice"
    )
    precision: Literal["fp32", "bf16", "auto"] = option(
        "fp32", "numbers of the model; auto is bf16 where a GPU has it", source="own choice: independent of the batch"
    )


class MeasurePerplexity(Window, Stage):
    """Reads documents through a window that slides by `stride` tokens, each document by itself unless they are joined.

    A document stands before the model in the words of its checkpoint's template. Its text counts, with what closes it
    as an answer where there is such a thing; its question and the template's words are context. Of a text that nothing
    stands before, no question and no token that the tokenizer begins texts with, the first token is not predicted and
    its bytes do not count; or else it is predicted from the end token.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"losses": TokenLoss, "scores": Score}

    model: Input[Checkpoint]
    rows: Input[Document]
    of: str = option(help="base or tuned")
    where: str = option(help="what the rows are, as a report names them")
    documents: int | None = option(
        1000, "documents of a language at most, drawn by the digest of their ids", source="own choice", gt=0
    )
    batch: int = option(4, "windows that go through the model together", source="own choice", gt=0)
    metrics: tuple[Use[Metric], ...] = option(
        ("perplexity", "bits_per_byte"), "what is made of the losses", source="own choice"
    )

    def describe(self) -> str:
        said = {"context": self.context, "stride": self.stride}
        told = ", ".join(f"{name} {value}" for name, value in said.items() if value)
        return f"{self.where}, {self.of}{f', {told}' if told else ''}"

    def summary(self, facts: Facts) -> str:
        return "   ".join(f"{s['language']} {s['metric']} {s['value']:.3f}" for s in facts["scores"])

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        from kcoder.training.card import read_card
        from kcoder.training.checkpoint import load
        from kcoder.training.losses import sums
        from kcoder.training.machine import settle
        from kcoder.training.render import Renderer

        card = read_card(inputs[self.model])
        context, stride = self._window(card.context)
        table, total = self._drawn(inputs[self.rows])
        machine = settle(host, card.parameters, self.precision)
        loaded = load(inputs[self.model], machine.device)
        texts, sizes = self._texts(table, Renderer(loaded.card.template, loaded.tokenizer))
        found = sums(
            loaded.model, texts, len(table), context=context, stride=stride, batch=self.batch, machine=machine,
            host=host,
        )  # fmt: skip
        counts = zip(table, found.nats.tolist(), found.tokens.tolist(), sizes, strict=True)
        losses = [
            {"id": row["id"], "language": row["language"] or "", "nats": nats, "tokens": tokens, "bytes": size}
            for row, nats, tokens, size in counts
            if tokens
        ]
        if not losses:
            raise KcoderError(f"{self.where}: no document has a token to predict", "look at what is held out")
        told = frame(TokenLoss, losses)
        told.write_parquet(target(out, "losses", TokenLoss))
        named = f"{self.where}, stride {stride} of {context}{', joined' if self.join else ''}"
        more = {"of": self.of, "benchmark": named, "problems": "all"}
        scores = pl.concat([metric.score(told.lazy()) for metric in self.metrics])
        scores = scores.with_columns(**{name: pl.lit(value) for name, value in more.items()})
        scores.write_parquet(target(out, "scores", Score))
        return {
            "scores": scores.select("language", "metric", "value", "low", "high", "n", "unit").to_dicts(),
            "context": context,
            "stride": stride,
            "documents": {"there": total, "drawn": len(table), "measured": len(losses)},
            "tokens": int(told["tokens"].sum()),
            "bytes": int(told["bytes"].sum()),
            "used": machine.used(),
        }

    def _window(self, most: int) -> tuple[int, int]:
        """Context and stride in tokens."""
        context = self.context or most
        if context > most:
            raise UsageError(
                f"perplexity: a window of {context} tokens, but the model can look at {most}", f"context: {most}"
            )
        stride = self.stride or context // 2
        if stride >= context:
            raise UsageError(
                f"perplexity: a window of {context} tokens that moves by {stride} predicts some from nothing",
                f"a stride below the window: stride: {context // 2}",
            )
        return context, stride

    def _drawn(self, file: Path) -> tuple[list[Row], int]:
        """The documents of each language with the smallest digests of their ids, in the order of their ids."""
        import polars as pl

        rows = pl.read_parquet(file, columns=["id", "prompt", "text", "language", "input_at"]).rows(named=True)
        if not rows:
            raise KcoderError(f"{self.where}: there are no documents", "a share for it in data.split, or a file")
        by_language: dict[str, list[Row]] = {}
        for row in rows:
            by_language.setdefault(row["language"] or "", []).append(row)
        kept = [row for group in by_language.values() for row in sorted(group, key=_digest)[: self.documents]]
        return sorted(kept, key=lambda row: str(row["id"])), len(rows)

    def _texts(self, table: Sequence[Row], renderer: Renderer) -> tuple[list[Text], list[int]]:
        """What the model looks at, and the bytes of each document that its counted tokens stand for."""
        from kcoder.training.losses import NOBODY, Text
        from kcoder.training.render import Sample
        from kcoder.training.tokenizer import decode_first

        end = renderer.tokenizer.eos_token_id
        samples = [Sample.of_document(row["prompt"], row["text"] or "", row["input_at"]) for row in table]
        sizes = [len(sample.text.encode("utf-8", "replace")) for sample in samples]
        texts = []
        for number, (question, answer) in enumerate(renderer(samples)):
            before = list(question) or ([end] if self.first_token == "predict" else [])
            ids, owners = [*before, *answer], [NOBODY] * len(before) + [number] * len(answer)
            texts.append(Text(ids, owners))
        if self.join:
            texts = list(_joined(texts, [row["language"] for row in table], end))
        for text in texts:
            if text.ids and (number := text.owners[0]) != NOBODY:
                sizes[number] -= _first_bytes(samples[number].text, decode_first(renderer.tokenizer, text.ids[:1]))
        return texts, sizes


def _joined(texts: Sequence[Text], languages: Sequence[str | None], end: int) -> Iterator[Text]:
    """One text for each language: its documents in order, the end token between them."""
    from kcoder.training.losses import NOBODY, Text

    for language in dict.fromkeys(languages):
        ids: list[int] = []
        owners: list[int] = []
        for text in (text for text, named in zip(texts, languages, strict=True) if named == language and text.ids):
            ids += [end, *text.ids] if ids else text.ids
            owners += [NOBODY, *text.owners] if owners else text.owners
        yield Text(ids, owners)


def _first_bytes(text: str, first: str) -> int:
    """The UTF-8 bytes of the first token; of one that is a part of a character, those of the character."""
    return len((first if text.startswith(first) else text[:1]).encode("utf-8", "replace"))


def _digest(row: Row) -> bytes:
    return hashlib.sha256(str(row["id"]).encode()).digest()
