"""Documents and tokens counted while they are packed: nothing that comes in may be missing in the sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from kcoder.errors import KcoderError
from kcoder.training.packing import Packing, Piece

#: what becomes of a document: it stands in the rows; there is nothing in it to learn; or it is too long, and no token
#: that would be trained fell into the same piece as another
Fate = Literal["packed", "empty", "untrained"]


class Tally:
    """Counts of one split. A token is counted once, however often a training passes over it."""

    def __init__(self) -> None:
        self.fates: Counter[Fate] = Counter()
        self.rendered: Counter[str] = Counter()
        self.truncated = 0
        self.trained = 0
        self.languages: dict[str, Counter[str]] = {}
        #: tokens of each document that stands in the rows, by language
        self.lengths: dict[str, list[int]] = {}
        #: language and tokens of each piece
        self.pieces: list[tuple[str, int]] = []

    @property
    def documents(self) -> int:
        return self.fates.total()

    @property
    def whole(self) -> int:
        """Documents that stand in the rows with their end."""
        return self.fates["packed"] + self.fates["untrained"] - self.truncated

    def empty(self, language: str | None) -> None:
        """Count a document in which there is nothing to learn."""
        self.fates["empty"] += 1
        self._of(language)["documents"] += 1

    def add(self, language: str | None, form: str, pieces: Sequence[Piece], *, cut: bool, trained: int) -> None:
        """Count a document: the form it was rendered in, its pieces, and how many of its tokens are trained."""
        tokens = sum(len(piece.ids) for piece in pieces)
        told = self._of(language)
        for name, count in (("documents", 1), ("truncated", cut), ("tokens", tokens), ("trained", trained)):
            told[name] += count
        self.truncated += cut
        self.trained += trained
        self.fates["packed" if pieces else "untrained"] += 1
        if pieces:
            name = language or "unknown"
            self.rendered[form] += 1
            self.lengths.setdefault(name, []).append(tokens)
            self.pieces += [(name, len(piece.ids)) for piece in pieces]

    def facts(self, packed: Packing, pad: int, came: int) -> dict[str, Any]:
        """All counts. What is empty at the end of a row is padding of the languages in it, shared by their tokens.

        Raises KcoderError where not all of the documents that came were counted, and where the rows hold other tokens
        than went into them.
        """
        if self.documents != came:
            raise KcoderError(
                f"{came:,} documents came, and {self.documents:,} were packed or left out",
                "this is a defect of the packing",
            )
        tokens = int(packed.ids.size) - packed.padding
        went = sum(length for _, length in self.pieces)
        if went != tokens:
            raise KcoderError(f"{went:,} tokens went into rows that hold {tokens:,}", "this is a defect of the packing")
        times = np.bincount(packed.ids.ravel(), minlength=pad + 1)
        times[pad] -= packed.padding
        return {
            "documents": self.documents,
            **{fate: self.fates[fate] for fate in ("packed", "empty", "untrained")},
            "truncated": self.truncated,
            "rows": len(packed.ids),
            "tokens": tokens,
            "trained": self.trained,
            "padding": round(packed.padding / packed.ids.size, 6),
            "per_document": _described([length for each in self.lengths.values() for length in each]),
            "different_tokens": int((times > 0).sum()),
            "rendered": dict(sorted(self.rendered.items())),
            "languages": self._by_language(packed),
        }

    def _by_language(self, packed: Packing) -> dict[str, dict[str, Any]]:
        """The counts of each language, its share of padding, and its tokens per document where any stands in a row."""
        names = {name: number for number, name in enumerate(sorted(self.languages))}
        language = np.array([names[name] for name, _ in self.pieces])
        tokens = np.array([length for _, length in self.pieces])
        filled = np.bincount(packed.row_of, tokens)
        empty = (packed.ids.shape[1] - filled) / filled
        padding = np.bincount(language, tokens * empty[packed.row_of], len(names))
        told: dict[str, dict[str, Any]] = {name: dict(self.languages[name]) for name in names}
        for name, its in zip(names, padding.tolist(), strict=True):
            if lengths := self.lengths.get(name):
                share = round(its / (its + sum(lengths)), 6)
                told[name] |= {"padding": share, "per_document": _described(lengths)}
        return told

    def _of(self, language: str | None) -> Counter[str]:
        name = language or "unknown"
        if name not in self.languages:
            self.languages[name] = Counter(documents=0, truncated=0, tokens=0, trained=0)
        return self.languages[name]


def _described(lengths: Sequence[int]) -> dict[str, float]:
    return {
        "mean": round(float(np.mean(lengths)), 2),
        "median": float(np.median(lengths)),
        "p95": round(float(np.percentile(lengths, 95)), 2),
    }
