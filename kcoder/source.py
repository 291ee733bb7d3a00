"""Where rows come from.

class Letters(Source):
    def batches(self, wanted):
        yield frame(Document, [{"id": "a", "text": "a = 1", "language": "python", "source": "letters"}])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.host import Host
from kcoder.plugin import Plugin

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Wanted:
    """What is asked of a source, and the book in which it counts the rows it met and could not give."""

    #: the share of each language wanted; empty means all there are
    languages: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    host: Host = field(default_factory=Host)
    #: rows met and not given, by reason: no row is lost without being counted
    left_out: Counter[str] = field(default_factory=Counter)


class Source(Plugin):
    """Rows from files, a folder, a hub data set or a program.

    `world` must name everything outside that decides the rows: a file's digest, a data set's commit.
    """

    group: ClassVar[str] = "sources"

    def batches(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        """All rows, some thousands at a time, in a stable order, with unique ids and columns of Document.

        A source may pass over languages nobody wants; who reads it leaves the others out and counts them. A row
        that cannot be given is counted in `wanted.left_out`. Where nothing can be found raise UsageError that names
        the file and line: zero rows are never a success.
        """
        raise NotImplementedError

    def shares(self) -> Mapping[str, float]:
        """For a source of several: the share of the rows that each value of `source` shall have; they add up to 1."""
        return {}

    def count(self) -> int | None:
        """How many rows there will be, if that is known without reading them."""
        return None

    @classmethod
    def of_word(cls, word: str) -> tuple[str, dict[str, Any]] | None:
        """A path is a folder of code or a file of rows; OWNER/NAME that is no path here is a hub data set,
        and so is one that the hub knows without its owner."""
        if not word:
            return None
        try:
            path = Path(word).expanduser()
        except RuntimeError:  # ~somebody, who has no home here: the fault is told where the file is looked for
            return "files", {"path": word}
        if path.is_dir():
            return "folder", {"path": word}
        if path.exists() or (path.suffixes and path.suffixes[-1] in KNOWN_ENDINGS) or word.startswith(("/", ".", "~")):
            return "files", {"path": word}
        if word in WITHOUT_OWNER or (word.count("/") == 1 and not path.parent.is_dir()):
            return "hub", {"name": word}
        return ("files", {"path": word}) if path.suffix or "/" in word else None


#: data sets that the hub knows by one word
WITHOUT_OWNER = ("code_search_net",)
#: what a word ends in that can only be a file of rows
KNOWN_ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".gz")
