"""A data set on the hub, streamed at a pinned commit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator

from kcoder import hub
from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.source import Source, Wanted

if TYPE_CHECKING:
    import polars as pl

    from kcoder.tables.read import Table


@dataclass(frozen=True)
class Known:
    """What cannot be guessed of a data set. `{language}` stands for the name it gives the wanted language."""

    config: str = ""
    folder: str = ""
    #: for what comes with a program, which nobody runs any more: the file to read; `{split}` stands for the split
    file: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    #: its own names for languages, where they differ from ours
    languages: Mapping[str, str] = field(default_factory=dict)
    #: each row is laid out in words: NEW_LINE, INDENT, DEDENT
    words_for_layout: bool = False


KNOWN: Mapping[str, Known] = {
    "bigcode/the-stack-dedup": Known(folder="data/{language}", languages={"cpp": "c++"}),
    "bigcode/the-stack": Known(folder="data/{language}", languages={"cpp": "c++"}),
    "bigcode/starcoderdata": Known(folder="{language}"),
    "code_search_net": Known(
        config="{language}", columns={"question": "func_documentation_string", "code": "func_code_string"}
    ),
    "codeparrot/xlcost-text-to-code": Known(
        file="data/{language}-program-level/{split}.json",
        columns={"question": "text", "code": "code"},
        languages={"python": "Python", "java": "Java", "cpp": "C++", "javascript": "Javascript"},
        words_for_layout=True,
    ),
    "sahil2801/CodeAlpaca-20k": Known(columns={"question": "instruction + input", "code": "output"}),
    "ise-uiuc/Magicoder-OSS-Instruct-75K": Known(columns={"question": "problem", "code": "solution"}),
    "ise-uiuc/Magicoder-Evol-Instruct-110K": Known(columns={"question": "instruction", "code": "response"}),
    "theblackcat102/evol-codealpaca-v1": Known(columns={"question": "instruction", "code": "output"}),
    "nickrosh/Evol-Instruct-Code-80k-v1": Known(columns={"question": "instruction", "code": "output"}),
}
ALIASES = {"code-search-net/code_search_net": "code_search_net"}


class Hub(Source):
    """Rows of a data set by its name on the hub. Of the published code sets kcoder knows folders and columns.

    What a branch stands for is pinned by the first run. Memory holds one batch, never the data set; XLCoST, which is
    read by its files (splits train, valid and test), stands in memory file by file where they hold arrays. What is
    known of folders, files and configurations is by their pages and their papers: it was tried against a hub on
    loopback, not against the hub.
    """

    revision: ClassVar[int] = 2
    word: ClassVar[str | None] = "name"
    #: `world` names the commit it stands for
    unkeyed: ClassVar[frozenset[str]] = frozenset({"commit"})

    name: str = option(help="OWNER/NAME", min_length=1)
    commit: str = option("main", "a commit, tag or branch", source="own choice", min_length=1)
    config: str | None = option(None, "the configuration; known for published code sets", source="own choice")
    folder: str | None = option(None, "a folder of its files, such as data/swift", source="own choice")
    split: str = option("train", "the split", source="own choice", min_length=1)
    columns: dict[str, str] | None = option(
        None, "its names for question, code, language, ...; known or guessed if not given", source="own choice"
    )

    @field_validator("name")
    @classmethod
    def _can_be(cls, name: str) -> str:
        try:
            hub.named(name, "dataset")
        except UsageError as error:
            raise ValueError(error.message) from None
        return name

    def world(self) -> dict[str, Any]:
        """The commit. Asking for it also asks whether this machine may read the files."""
        return hub.facts(self.name, self.commit)

    def recall(self, facts: Mapping[str, Any]) -> bool:
        return hub.recall(self.name, self.commit, facts)

    def batches(self, wanted: Wanted) -> Iterator[pl.DataFrame]:
        """Where the data set keeps a part for each language, only the parts of the wanted ones are read."""
        notes: Counter[str] = Counter()
        known = self._known()
        by_language = "{language}" in known.config + known.folder + known.file
        if by_language and not wanted.languages:
            raise UsageError(f"{self.name} has a part for each language", "say which: data.language, or languages")
        licence = hub.licence(self.name, hub.commit(self.name, self.commit), wanted.host)
        for language in wanted.languages if by_language else [""]:
            for rows in self._part(language, known, wanted, notes):
                yield _licensed(rows, licence)
        for note, count in sorted(notes.items()):
            if count:
                wanted.host.say(f"{self.name}: {count:,} {note}")

    def _known(self) -> Known:
        """What is known of the data set; what the spec says comes first."""
        known = KNOWN.get(ALIASES.get(self.name, self.name), Known())
        if not (self.config or self.folder):
            return known
        return replace(known, config=self.config or known.config, folder=self.folder or known.folder, file="")

    def _part(self, language: str, known: Known, wanted: Wanted, notes: Counter[str]) -> Iterator[pl.DataFrame]:
        """One language's part or, without a language, the whole."""
        import polars as pl

        from kcoder.tables.documents import Documents

        name = f"{self.name}/{language}" if language else self.name
        documents = Documents(name, self.columns or known.columns, wanted)
        theirs = known.languages.get(language, language)
        file, config, folder = (
            told.replace("{language}", theirs).replace("{split}", self.split)
            for told in (known.file, known.config, known.folder)
        )
        tables = self._read(file, wanted.host, notes) if file else self._streamed(config, folder, wanted.host, notes)
        for table in tables:
            rows = documents.of(table)
            if language:
                rows = rows.with_columns(pl.lit(language).alias("language"))
            if known.words_for_layout:
                rows = rows.with_columns(pl.col("text").map_elements(laid_out, pl.String))
            yield rows

    def _streamed(self, config: str, folder: str, host: Host, notes: Counter[str]) -> Iterator[Table]:
        from kcoder.tables.read import Table

        commit = hub.commit(self.name, self.commit)
        found = hub.batches(
            self.name, commit=commit, host=host, config=config or None, folder=folder or None, split=self.split
        )
        for held in found:
            yield Table(self.name, tuple(held.columns), held.height, held, notes)

    def _read(self, file: str, host: Host, notes: Counter[str]) -> Iterator[Table]:
        from kcoder.tables.read import read

        for table in read(hub.file(self.name, file, commit=hub.commit(self.name, self.commit), host=host)):
            yield table
        notes.update(table.notes)


def _licensed(rows: pl.DataFrame, licence: str | None) -> pl.DataFrame:
    """The licence of the card where a row names none of its own."""
    import polars as pl

    own = pl.col("licence") if "licence" in rows.columns else pl.lit(None, pl.String)
    return rows.with_columns(own.fill_null(licence).alias("licence")) if licence else rows


def laid_out(code: str) -> str:
    """XLCoST's Python, whose layout stands in words, as a program again: `a : NEW_LINE INDENT b` is two lines."""
    lines, line, depth = [], "", 0
    for word in re.split(r"(NEW_LINE|INDENT|DEDENT)", code):
        if word == "NEW_LINE":
            lines.append(line)
            line = ""
        elif word in ("INDENT", "DEDENT"):
            depth = max(0, depth + (1 if word == "INDENT" else -1))
        elif word.strip():
            line += ("" if line else "    " * depth) + word.strip()
    return "\n".join([*lines, line] if line else lines)
