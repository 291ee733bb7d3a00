"""A model fills holes in documents it has not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from kcoder.answering import answered, seed_of
from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.generator import Generator, Request
from kcoder.host import Host
from kcoder.metric import Metric
from kcoder.plugin import option
from kcoder.records import Checkpoint, Document, Fill, Record, Score, frame
from kcoder.stage import Facts, Input, Output, Stage, target

#: draws of a span before a document counts as one that has none
TRIES = 20


class Masked(NamedTuple):
    """The characters of a text from `start` to `end` are taken out."""

    start: int
    end: int


class FillHoles(Stage):
    """Takes one span out of each document, shows the model what stands before and behind it between the marks of its
    own tokenizer, and compares what it writes.

    Which documents, and which span of each, depends on their ids and the seed alone. A `line` is what a line holds
    behind its indentation; of what the model writes the first line counts. A `random` span begins at any character and
    is 1 to `longest` characters long.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"fills": Fill, "scores": Score}
    resumable: ClassVar[bool] = True
    scratch: ClassVar[str] = "answers"

    model: Input[Checkpoint] | None = None
    rows: Input[Document]
    of: str = option(help="base or tuned")
    where: str = option(help="what the rows are, as a report names them")
    span: Literal["line", "random"] = option("line", "what is taken out", source="Fried et al. 2022, single line")
    longest: int = option(100, "characters of a random span at most", source="own choice", gt=0)
    before: int = option(2000, "characters shown before the hole at most", source="own choice", ge=0)
    after: int = option(1000, "characters shown behind it at most", source="own choice", ge=0)
    documents: int | None = option(
        500, "documents of a language at most, drawn by the digest of their ids", source="own choice", gt=0
    )
    max_tokens: int = option(64, "tokens of a filling at most", source="own choice", gt=0)
    seed: int = option(0, "of documents and spans", source="own choice", ge=0)
    generator: Use[Generator] = option("transformers", "what fills", source="own choice")
    metrics: tuple[Use[Metric], ...] = option(("exact_match",), "what is counted", source="own choice")

    def describe(self) -> str:
        return f"{self.where}, {self.of}, a {self.span}{' span' if self.span == 'random' else ''} of each document"

    def summary(self, facts: Facts) -> str:
        return "   ".join(f"{s['language']} {s['k']} of {s['n']} filled exactly" for s in facts["scores"])

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        holes, none = self._holes(inputs[self.rows])
        if not holes:
            raise KcoderError(f"{self.where}: no document has a {self.span} to take out", "look at what is held out")
        requests = {row["id"]: self._request(row) for row in holes}
        model = inputs[self.model] if self.model else None
        answers = answered(self.generator, model, requests, out / self.scratch / "batches.jsonl", host)
        if all(answer.finish == "length" and not answer.text for answer in answers.values()):
            raise KcoderError(
                "not one hole was filled: what stands around them leaves no room in the model's context",
                "show less: before: 200, after: 100",
            )
        for row in holes:
            answer = answers[row["id"]]
            text = answer.text.partition("\n")[0] if self.span == "line" else answer.text
            row |= {"text": text, "finish": answer.finish, "tokens": answer.tokens}
        fills = frame(Fill, holes)
        fills.write_parquet(target(out, "fills", Fill))
        scores = pl.concat([metric.score(fills.lazy()) for metric in self.metrics]).with_columns(
            of=pl.lit(self.of),
            benchmark=pl.lit(f"{self.where}, {self.span}{' span' if self.span == 'random' else ''}"),
            problems=pl.lit("all"),
            temperature=pl.lit(0.0),
        )
        scores.write_parquet(target(out, "scores", Score))
        return {
            "scores": scores.select("language", "metric", "value", "k", "n").to_dicts(),
            "holes": len(holes),
            "without": none,
            "cut_at_length": int((fills["finish"] == "length").sum()),
        }

    def _request(self, row: Mapping[str, Any]) -> Request:
        stops = ("\n",) if self.span == "line" else ()
        return Request(row["id"], row["prefix"], max_tokens=self.max_tokens, stops=stops, suffix=row["suffix"])

    def _holes(self, file: Path) -> tuple[list[dict[str, Any]], int]:
        """The documents with what is shown and what is expected; and how many have no span to take out."""
        import polars as pl

        table = pl.read_parquet(file, columns=["id", "text", "language"])
        by_language: dict[str, list[dict[str, Any]]] = {}
        none = 0
        for row in table.rows(named=True):
            text = row["text"] or ""
            found = masked(text, self.span, self.longest, seed_of(self.seed, str(row["id"]), 0))
            if found is None:
                none += 1
                continue
            told = {
                "id": row["id"],
                "language": row["language"] or "",
                "prefix": text[max(0, found.start - self.before) : found.start],
                "suffix": text[found.end : found.end + self.after],
                "expected": text[found.start : found.end],
            }
            by_language.setdefault(told["language"], []).append(told)
        kept = [row for group in by_language.values() for row in self._drawn(group)]
        return sorted(kept, key=lambda row: str(row["id"])), none

    def _drawn(self, group: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        def place(row: Mapping[str, Any]) -> bytes:
            return hashlib.sha256(f"{self.seed}\0{row['id']}".encode()).digest()

        return sorted(group, key=place)[: self.documents]


def masked(text: str, span: str, longest: int, seed: int) -> Masked | None:
    """The span that is taken out of a text under this seed; None where there is nothing in it worth filling in."""
    if span == "line":
        lines = list(_lines(text))
        return lines[seed % len(lines)] if lines else None
    for number in range(TRIES if text else 0):
        digest = hashlib.sha256(f"{seed}/{number}".encode()).digest()
        start = int.from_bytes(digest[:8], "big") % len(text)
        end = min(len(text), start + 1 + int.from_bytes(digest[8:16], "big") % longest)
        if text[start:end].strip():
            return Masked(start, end)
    return None


def _lines(text: str) -> Iterator[Masked]:
    """What each line holds behind its indentation, of lines that hold a letter or a digit."""
    at = 0
    for line in text.split("\n"):
        held = line.strip()
        if any(each.isalnum() for each in held):
            start = at + len(line) - len(line.lstrip())
            yield Masked(start, start + len(held))
        at += len(line) + 1
