"""Where rows come from.

class Letters(Source):
    def rows(self, languages, seed, host):
        return frame(Document, [{"id": "a", "text": "a = 1", "language": "python", "source": "letters"}]).lazy()
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.host import Host
from kcoder.plugin import Plugin

if TYPE_CHECKING:
    import polars as pl


class Source(Plugin):
    """Rows from files, a folder, a hub data set or a program.

    `world` must name everything outside that decides the rows: a file's digest, a data set's commit.
    """

    group: ClassVar[str] = "sources"

    def rows(self, languages: Mapping[str, float], seed: int, host: Host) -> pl.LazyFrame:
        """All rows, in a stable order, with the columns of Document and ids that are unique.

        `languages` gives the share of each language wanted; empty means all there are. Where nothing can be
        found raise UsageError that names the file and line: zero rows are never a success.
        """
        raise NotImplementedError

    def count(self) -> int | None:
        """How many rows there will be, if that is known without reading them."""
        return None

    @classmethod
    def of_word(cls, word: str) -> tuple[str, dict[str, Any]] | None:
        """A path is a folder of code or a file of rows."""
        if not word:
            return None
        try:
            path = Path(word).expanduser()
        except RuntimeError:  # ~somebody, who has no home here: the fault is told where the file is looked for
            return "files", {"path": word}
        if path.is_dir():
            return "folder", {"path": word}
        if path.suffix or "/" in word or path.exists():
            return "files", {"path": word}
        return None
