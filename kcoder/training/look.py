"""Packed rows as a person can read them: the text the model sees, and which of it is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from kcoder.training.packing import IGNORE, Packing
from kcoder.training.tokenizer import decode_after, decode_first, special_tokens
from kcoder.visible import lines, shortened

#: before each line of text: it is trained, or the model only reads it
TRAINED, READ = "+", "·"
#: a special token, which no text can spell
MARK = "⟦{}⟧"
LEGEND = (
    "+ is trained, · is only read: a document's first token always, since nothing stands before it",
    "⏎ newline   ⇥ tab   ⟦ ⟧ a special token, which no text can spell",
)
#: documents of a row, and lines at the beginning and at the end of each, that are shown
DOCUMENTS, HEAD, TAIL = 4, 8, 4


def counts(facts: Mapping[str, Any], loss_on: str) -> Iterator[str]:
    """The facts of packing in words, split by split and language by language."""
    trained = "answers are trained, prompts are not" if loss_on == "completion" else "answers and prompts are trained"
    yield f"what the model sees: rows of {facts['sequence_length']:,} tokens, template {facts['template']}; {trained}"
    yield ""
    for name in ("train", "valid"):
        told = facts[name]
        yield (
            f"{name}   {_counted(told['documents'], 'document')} → {_counted(told['rows'], 'row')}, "
            f"{told['tokens']:,} tokens, {told['trained']:,} of them trained, {told['padding']:.1%} padding"
        )
        each = told["per_document"]
        yield (
            f"  tokens per document: mean {each['mean']:,.1f}, median {each['median']:,g}, p95 {each['p95']:,.0f};   "
            f"{told['different_tokens']:,} different tokens of {facts['vocabulary']:,}"
        )
        reasons = {
            "with nothing to learn, left out": told["empty"],
            "without a token to train in any piece, left out": told["untrained"],
            "longer than a row, cut: these have no end": told["truncated"],
        }
        yield from (f"  {_counted(count, 'document')} {reason}" for reason, count in reasons.items() if count)
        if set(told["rendered"]) != {"plain"}:
            yield "  rendered as " + ", ".join(f"{form} {count:,}" for form, count in told["rendered"].items())
        width = max(map(len, told["languages"]))
        for language, its in told["languages"].items():
            yield (
                f"  {language:<{width}}  {_counted(its['documents'], 'document')}, {its['tokens']:,} tokens, "
                f"{its['trained']:,} trained" + (f", {its['truncated']:,} cut" if its["truncated"] else "") + _mean(its)
            )
        yield ""


def _mean(its: Mapping[str, Any]) -> str:
    """Tokens per document and padding, of a language that stands in the rows."""
    return (
        f", {its['per_document']['mean']:,.1f} per document, {its['padding']:.1%} padding" if "padding" in its else ""
    )


class _Run(NamedTuple):
    trained: bool
    text: str


def glimpse(packed: Packing, tokenizer: Any, width: int = 60) -> str:
    """The beginning of the first row on one line of at most `width` columns."""
    ids, labels = packed.ids[0][:width], packed.labels[0][:width]  # hardly any token takes less than a column
    return shortened("".join(run.text for run in _runs(ids, labels, tokenizer)), width)


def sequences(file: Path, tokenizer: Any, number: int, width: int) -> Iterator[str]:
    """`number` rows, taken evenly from all of the table: its first hold the longest documents, its last the padding."""
    table = pl.scan_parquet(file)
    height = int(table.select(pl.len()).collect().item())
    for at in np.linspace(0, height - 1, min(number, height)).round().astype(int).tolist():
        row = table.slice(at, 1).collect().row(0, named=True)
        ids, labels, positions = (np.array(row[name]) for name in ("ids", "labels", "positions"))
        starts = [*np.flatnonzero(positions == 0).tolist(), len(ids)]
        documents = [(ids[a:b], labels[a:b]) for a, b in pairwise(starts)]
        filled = documents.pop() if (documents[-1][1] == IGNORE).all() else ((), ())
        trained = int((labels != IGNORE).sum())
        yield (
            f"row {at + 1:,} of {height:,}   {_counted(len(documents), 'document')}, "
            f"{len(ids) - len(filled[0]):,} tokens, {trained:,} of them trained"
        )
        for count, (its_ids, its_labels) in enumerate(documents[:DOCUMENTS], 1):
            yield from _document(count, its_ids, its_labels, tokenizer, width)
        if left := documents[DOCUMENTS:]:
            yield f"── and {_counted(len(left), 'more document')}, {sum(len(its) for its, _ in left):,} tokens"
        if len(filled[0]):
            yield f"── padding, {_counted(len(filled[0]), 'token')}, never trained"
        yield ""


def _document(count: int, ids: Any, labels: Any, tokenizer: Any, width: int) -> Iterator[str]:
    ended = labels[-1] == ids[-1] == tokenizer.eos_token_id
    trained = int((labels != IGNORE).sum())
    yield (
        f"── document {count}, {len(ids):,} tokens, {trained:,} trained"
        f"{'' if ended else ': part of a longer one, which has no end'}"
    )
    shown: list[str] = []
    for run in _runs(ids, labels, tokenizer):
        sign = TRAINED if run.trained else READ
        shown += [f"{sign} {line}" for line in lines(run.text, width - 2)]
    left = len(shown) - HEAD - TAIL
    if left > 1:
        shown[HEAD:-TAIL] = [f"  … {left:,} more lines"]
    yield from shown


def _runs(ids: Any, labels: Any, tokenizer: Any) -> Iterator[_Run]:
    """Neighbouring tokens that are trained, or not, as one text. A special token stands in brackets by its name."""
    names = {number: name for name, number in special_tokens(tokenizer).items()}
    told = zip(ids.tolist(), (labels != IGNORE).tolist(), strict=True)
    decode = decode_first
    for trained, run in groupby(told, key=lambda each: each[1]):
        text = ""
        for special, group in groupby((token for token, _ in run), key=names.__contains__):
            if special:
                text += "".join(MARK.format(names[token]) for token in group)
            else:
                text += decode(tokenizer, list(group))
                decode = decode_after
        yield _Run(trained, text)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
