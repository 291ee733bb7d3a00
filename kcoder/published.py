"""A published benchmark's problems, from a file of one's own or from the hub at a pinned commit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kcoder import hub
from kcoder.artifact import file_digest
from kcoder.benchmark import Benchmark, Problem, ProblemText
from kcoder.errors import MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.plugin import option

if TYPE_CHECKING:
    from kcoder.tables.read import Table

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """A configuration of a data set on the hub, or one of its files, and the language its problems are in."""

    language: str
    config: str | None = None
    #: for a data set that comes with a program, which `datasets` no longer runs
    file: str | None = None


class Published(Benchmark):
    """Problems of a published benchmark: at `path` if that is given, else on the hub at a pinned commit."""

    unkeyed: ClassVar[frozenset[str]] = frozenset({"path", "commit"})
    #: its name on the hub and its parts
    home: ClassVar[str] = ""
    parts: ClassVar[tuple[Part, ...]] = ()
    #: the splits on the hub that hold problems to look for in data: all that can be evaluated on
    searched: ClassVar[tuple[str, ...]] = ("test",)

    path: str | None = option(None, "a file of its problems, or a folder of such files", source="own choice")
    commit: str = option("main", "the commit on the hub", source="own choice")
    missing: Literal["stop", "report"] = option(
        "stop", "what to do where it cannot be had: stop, or go on and tell", source="own choice"
    )

    def languages(self) -> tuple[str, ...] | None:
        if self.path is None:
            return tuple(dict.fromkeys(part.language for part in self.parts))
        with suppress(MachineLacksError):  # there is no file: `world` tells
            return tuple(dict.fromkeys(language_of(path, self.parts) for path in self.files()))
        return None

    def problems(self, language: str, host: Host) -> Iterator[Problem]:
        number = 0
        for number, row in enumerate(filter(self.wanted, self.rows(language, host)), 1):
            try:
                yield self.problem(row, language)
            except (KeyError, ValueError) as error:
                lacks = f"has no {error.args[0]}" if isinstance(error, KeyError) else f"cannot be read: {error}"
                hint = f"a row of this benchmark has {', '.join(row)}"
                raise UsageError(f"{self.path or self.home}: problem {number} {lacks}", hint) from None
        if not number:
            raise UsageError(f"{self.path or self.home}: there are no problems in {language}", "see kcoder check")

    def problem(self, row: Row, language: str) -> Problem:
        """A row as its publisher wrote it, as a problem. Raises KeyError for a column it lacks."""
        raise NotImplementedError

    def splits(self) -> tuple[str, ...]:
        """The splits on the hub whose problems are evaluated on."""
        return ("test",)

    def wanted(self, row: Row) -> bool:
        """Whether a row is one of the problems that are evaluated on."""
        return True

    def world(self) -> dict[str, Any]:
        """The digest of its files, or the commit. Where it cannot be had and that shall stop nothing, the reason."""
        try:
            return self._found()
        except MachineLacksError as error:
            if self.missing == "report":
                return {"missing": error.message}
            hint = f"{error.hint}; or name a file: {{path: ...}}; or go on without: decontaminate: {{missing: report}}"
            raise MachineLacksError(error.message, hint) from error

    def recall(self, facts: Mapping[str, Any]) -> bool:
        return self.path is None and hub.recall(self.home, self.commit, facts)

    def lacking(self) -> str:
        """Why there are no texts, where `missing: report` lets the work go on without; empty where there are."""
        return str(self.world().get("missing", ""))

    def texts(self, host: Host) -> Iterator[ProblemText]:
        """Raises UsageError for a file in whose columns there are no texts of problems."""
        if self.lacking():
            return iter(())
        return self._in_files(host) if self.path is not None else self._on_the_hub(host)

    def check_texts(self) -> None:
        with suppress(MachineLacksError):  # there is no file: `world` tells
            deque(self._in_files(Host()) if self.path is not None else (), maxlen=0)

    def _found(self) -> dict[str, Any]:
        if self.path is None:
            return hub.facts(self.home, self.commit)
        files = self.files()
        return {"files": {path.name: file_digest(path) for path in files}}

    def files(self) -> list[Path]:
        from kcoder.tables.read import FORMATS

        path = Path(self.path or "").expanduser()
        files = sorted(p for p in path.iterdir() if {*p.suffixes} & {*FORMATS}) if path.is_dir() else [path]
        if not files or not all(p.is_file() for p in files):
            raise MachineLacksError(f"there are no problems in {path}", "give a file of problems, or a folder of them")
        return files

    def _in_files(self, host: Host) -> Iterator[ProblemText]:
        from kcoder.tables.problems import problem_texts
        from kcoder.tables.read import read

        for path in self.files():
            yield from problem_texts(path.name, read(path), None, language_of(path, self.parts), host.say)

    def _on_the_hub(self, host: Host) -> Iterator[ProblemText]:
        from kcoder.tables.problems import problem_texts

        for part in self.parts:
            name = f"{self.home} {part.config or part.file or ''}".rstrip()
            yield from problem_texts(name, self._tables(part, host, self.searched), None, part.language)

    def _tables(self, part: Part, host: Host, splits: tuple[str, ...]) -> Iterator[Table]:
        from kcoder.tables.read import Table, read

        commit = hub.commit(self.home, self.commit)
        if part.file:
            yield from read(_fetched(self.home, commit, part.file, host))
            return
        for split in splits:
            for rows in hub.batches(self.home, commit=commit, host=host, config=part.config, split=split):
                yield Table(self.home, tuple(rows.columns), rows.height, rows)

    def evaluated(self) -> Iterator[Part]:
        """The parts on the hub whose problems are evaluated on."""
        return iter(self.parts)

    def rows(self, language: str, host: Host) -> Iterator[Row]:
        """Rows of the problems in this language, with the columns they were published with."""
        from kcoder.tables.read import read

        if self.path is not None:
            files = [path for path in self.files() if language_of(path, self.parts) == language]
            tables = (table for path in files for table in read(path))
        else:
            parts = [part for part in self.evaluated() if part.language == language]
            tables = (table for part in parts for table in self._tables(part, host, self.splits()))
        for table in tables:
            columns = {name: table.values(name) for name in table.names}
            for values in zip(*columns.values(), strict=True):
                yield {name: value for name, value in zip(columns, values, strict=True) if value is not None}


def _fetched(name: str, commit: str, file: str, host: Host) -> Path:
    """A file of a data set at a commit, in the local cache. Raises MachineLacksError where it cannot be had."""
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(name, file, repo_type="dataset", revision=commit, local_files_only=host.offline))
    except Exception as error:  # of many kinds: network, proxy, no such file
        raise hub.unreachable(name, "dataset", error) from error


def language_of(path: Path, parts: tuple[Part, ...]) -> str:
    """By the name of the file: humaneval_java.jsonl.gz, humaneval-rs.jsonl.gz."""
    from kcoder.tables.problems import LANGUAGES

    words = path.name.partition(".")[0].replace("-", "_").split("_")
    named = {**{name: name for name in (*LANGUAGES.values(), *(part.language for part in parts))}, **LANGUAGES}
    return next((named[word] for word in reversed(words) if word in named), parts[0].language)
