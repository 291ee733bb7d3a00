"""Documents into packed rows of tokens, with what is trained in each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from kcoder.errors import KcoderError, UsageError
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.records import Checkpoint, Document, Packed, Record, schema
from kcoder.shape import told
from kcoder.stage import Facts, Input, Output, Stage, Stored, target
from kcoder.training.forecast import model
from kcoder.training.infill import Infill

if TYPE_CHECKING:
    from kcoder.training.card import Card
    from kcoder.training.packing import Packing, Piece
    from kcoder.training.render import Renderer, Sample
    from kcoder.training.tally import Tally
    from kcoder.training.template import Template

#: documents that are tokenised together
CHUNK = 1000

TemplateName = Literal["plain", "alpaca", "chat"]


class Pack(Stage):
    """Renders, tokenises and packs training and validation rows. Of the model it reads only the words.

    What the rows were rendered with stands in them, and from there goes into the card of the model they make.
    """

    revision: ClassVar[int] = 3
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
    template: TemplateName | None = option(
        None, "the words around a question and its answer; the model's own when not said", source="own choice"
    )
    chat_template: str | None = option(
        None, "Jinja source for template: chat; the tokenizer's own when not said", source="P4 §4.3"
    )
    fim: Infill | None = option(
        None, "fill-in-the-middle for rows without a prompt; none when not said", source="own choice"
    )

    def describe(self) -> str:
        words = f", {self.template} template" if self.template else ""
        holes = f", {self.fim.rate:.0%} fill-in-the-middle" if self.fim else ""
        return f"rows of {self.sequence_length or 'at most 2048'} tokens, loss on {self.loss_on}{words}{holes}"

    def foretold(self, stored: Stored) -> Mapping[str, Any]:
        """The length of the rows."""
        if self.sequence_length:
            return {"length": self.sequence_length}
        return {"length": min(2048, told(model(self.model, stored)["config"], "context", 2048))}

    def summary(self, facts: Facts) -> str:
        told = facts["train"]
        counts = {"cut": told["truncated"], "left out": told["documents"] - told["packed"]}
        cut = "".join(f"   {count:,} documents {what}" for what, count in counts.items() if count)
        return f"packed {told['rows']:,} × {facts['sequence_length']:,} tokens, {told['padding']:.1%} padding{cut}"

    @classmethod
    def show(cls, artifact: Path, inputs: Mapping[str, Path], rows: int, width: int) -> Iterator[str]:
        from kcoder.artifact import Artifact
        from kcoder.training.checkpoint import load_tokenizer
        from kcoder.training.look import LEGEND, counts, sequences

        manifest = Artifact(artifact).manifest
        yield from counts(manifest["facts"], manifest["asked"]["loss_on"])
        if "model" not in inputs:
            yield "the model that has the words of these rows is gone: run the spec again to see their text"
            return
        yield from (*LEGEND, "") if rows else ()
        yield from sequences(target(artifact, "train", Packed), load_tokenizer(inputs["model"]), rows, width)

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.training.card import read_card
        from kcoder.training.checkpoint import load_tokenizer
        from kcoder.training.look import glimpse
        from kcoder.training.render import Renderer

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
        renderer = Renderer(self._template(card, tokenizer), tokenizer)
        facts: Facts = {"sequence_length": length, "template": renderer.template.name, "vocabulary": len(tokenizer)}
        for name, rows in (("train", self.rows), ("valid", self.valid)):
            packed, facts[name] = self._packed(name, inputs[rows], renderer, length, host)
            if name == "train":
                host.say(f"first row  {glimpse(packed, tokenizer)}")
            _write(packed, renderer.template, target(out, name, Packed))
        return facts

    def _template(self, card: Card, tokenizer: Any) -> Template:
        """The template asked for, with the marks of fill-in-the-middle where they are asked for too."""
        from dataclasses import replace

        from kcoder.training.marks import marks_in
        from kcoder.training.template import ALPACA, PLAIN, chat_template

        template = card.template
        if self.template == "chat":
            template = chat_template(tokenizer, self.chat_template)
        elif self.template:
            template = {"plain": PLAIN, "alpaca": ALPACA}[self.template]
        marks = marks_in(tokenizer) if self.fim else card.template.fim
        return replace(template, fim=marks)

    def _packed(
        self, name: str, rows: Path, renderer: Renderer, length: int, host: Host
    ) -> tuple[Packing, dict[str, Any]]:
        import polars as pl

        from kcoder.training.packing import cut, pack, require_labels, teaches
        from kcoder.training.tally import Tally
        from kcoder.training.tokenizer import padding

        end, pad = renderer.tokenizer.eos_token_id, padding(renderer.tokenizer)
        tally = Tally()
        pieces: list[Piece] = []
        for row in self._rendered(rows, renderer, length, f"packing {name}", host):
            if row.empty:
                tally.empty(row.language)
                continue
            found, cut_short = cut(row.question, row.answer, end, length, self.loss_on)
            trained = teaches(len(row.question), len(row.answer), length, self.loss_on)
            tally.add(row.language, row.form, found, cut=cut_short, trained=trained)
            pieces += found
        self._refuse_nothing(name, tally)
        if tally.truncated > tally.documents / 2:
            host.say(
                f"{tally.truncated:,} of {tally.documents:,} {name} documents are longer than a row: they never end"
            )
        packed = pack(pieces, length, pad)
        require_labels(packed, end, tally.whole, tally.trained)
        came = int(pl.scan_parquet(rows).select(pl.len()).collect().item())
        return packed, tally.facts(packed, pad, came)

    def _rendered(self, rows: Path, renderer: Renderer, length: int, task: str, host: Host) -> Iterator[_Row]:
        """Every document in order. A text that would be too long with a hole has none: cut, it would mean nothing."""
        import polars as pl

        from kcoder.training.render import Sample

        table = pl.read_parquet(rows, columns=["id", "prompt", "text", "language", "input_at"])
        for at in range(0, table.height, CHUNK):
            host.check()
            host.progress(f"{task}: {at:,} of {table.height:,} documents")
            part = table[at : at + CHUNK].rows(named=True)
            samples = [Sample.of_document(row["prompt"], row["text"] or "", row["input_at"]) for row in part]
            samples = [self._holed(row["id"], sample) for row, sample in zip(part, samples, strict=True)]
            tokens = renderer(samples)
            long = [i for i, each in enumerate(tokens) if samples[i].hole and sum(map(len, each)) >= length]
            for i in long:
                samples[i] = samples[i]._replace(hole=None)
            for i, whole in zip(long, renderer([samples[i] for i in long]), strict=True):
                tokens[i] = whole
            for row, sample, (question, answer) in zip(part, samples, tokens, strict=True):
                both = self.loss_on == "all"
                told, learnt = (sample.prompt + sample.text, question + answer) if both else (sample.text, answer)
                yield _Row(row["language"], renderer.form(sample), question, answer, not (told and learnt))

    def _holed(self, row: str, sample: Sample) -> Sample:
        hole = self.fim.hole(row, sample.text) if self.fim and not sample.prompt else None
        return sample._replace(hole=hole)

    def _refuse_nothing(self, name: str, tally: Tally) -> None:
        """Raise KcoderError for a split that teaches nothing, UsageError where what was asked for met no row."""
        if not tally.fates["packed"]:
            raise KcoderError(
                f"there is nothing to learn in the {name} rows: {tally.documents} documents, "
                f"{tally.fates['empty']} of them empty",
                "look at what the filters dropped and at the shares of the split",
            )
        if name != "train":
            return
        if self.template in ("alpaca", "chat") and not any(each.startswith(self.template) for each in tally.rendered):
            raise UsageError(
                f"template is {self.template}, but no row has a prompt for its words to stand around",
                "leave template out, or say which column holds the question",
            )
        if self.fim and not {"psm", "spm"} & set(tally.rendered):
            raise UsageError(
                "fim is asked for, but no row got a hole: only a row that has no prompt and fits whole gets one",
                "leave fim out, or raise sequence_length",
            )


class _Row(NamedTuple):
    language: str | None
    form: str
    question: list[int]
    answer: list[int]
    #: there is nothing in it to learn
    empty: bool


def _write(packed: Packing, template: Template, file: Path) -> None:
    import polars as pl

    from kcoder.training.rows import RENDERED

    columns = {name: pl.Series(getattr(packed, name)).arr.to_list() for name in Packed.columns}
    told = json.dumps(template.as_json(), ensure_ascii=False)
    pl.DataFrame(columns, schema=schema(Packed)).write_parquet(file, metadata={RENDERED: told})
