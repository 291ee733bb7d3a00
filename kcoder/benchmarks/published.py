"""The published benchmarks of code: their problems' texts, from a file of one's own or from the hub.

Their tests are programs, which kcoder does not run yet: they can be looked for in training data, not evaluated on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from kcoder import hub
from kcoder.artifact import file_digest
from kcoder.benchmark import Benchmark, Problem, ProblemText
from kcoder.errors import MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.plugin import option


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

    path: str | None = option(None, "a file of its problems, or a folder of such files", source="own choice")
    commit: str = option("main", "the commit on the hub", source="own choice")
    missing: Literal["stop", "report"] = option(
        "stop", "what to do where it cannot be had: stop, or go on and tell", source="own choice"
    )

    def languages(self) -> tuple[str, ...]:
        """None: that its programs cannot be run is told before anything runs."""
        return ()

    def problems(self, language: str, host: Host) -> Iterator[Problem]:
        raise UsageError(
            f"the tests of {self.home} are programs, which kcoder does not run yet",
            "evaluate on a file of problems with calls and values; this benchmark can be looked for in data",
        )

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
        files = self._files()
        return {"files": {path.name: file_digest(path) for path in files}}

    def _files(self) -> list[Path]:
        from kcoder.tables.read import FORMATS

        path = Path(self.path or "").expanduser()
        files = sorted(p for p in path.iterdir() if {*p.suffixes} & {*FORMATS}) if path.is_dir() else [path]
        if not files or not all(p.is_file() for p in files):
            raise MachineLacksError(f"there are no problems in {path}", "give a file of problems, or a folder of them")
        return files

    def _in_files(self, host: Host) -> Iterator[ProblemText]:
        from kcoder.tables.problems import problem_texts
        from kcoder.tables.read import read

        for path in self._files():
            yield from problem_texts(path.name, read(path), None, _language_of(path, self.parts), host.say)

    def _on_the_hub(self, host: Host) -> Iterator[ProblemText]:
        from kcoder.tables.problems import problem_texts
        from kcoder.tables.read import Table, read

        commit = hub.commit(self.home, self.commit)
        for part in self.parts:
            name = f"{self.home} {part.config or part.file or ''}".rstrip()
            if part.file:
                tables = read(_fetched(self.home, commit, part.file, host))
            else:
                found = hub.batches(self.home, commit=commit, host=host, config=part.config, split="test")
                tables = (Table(name, tuple(rows.columns), rows.height, rows) for rows in found)
            yield from problem_texts(name, tables, None, part.language)


def _fetched(name: str, commit: str, file: str, host: Host) -> Path:
    """A file of a data set at a commit, in the local cache. Raises MachineLacksError where it cannot be had."""
    from huggingface_hub import hf_hub_download

    try:
        return Path(hf_hub_download(name, file, repo_type="dataset", revision=commit, local_files_only=host.offline))
    except Exception as error:  # of many kinds: network, proxy, no such file
        raise hub.unreachable(name, "dataset", error) from error


def _language_of(path: Path, parts: tuple[Part, ...]) -> str:
    """By the name of the file: humaneval_java.jsonl.gz, humaneval-rs.jsonl.gz."""
    from kcoder.tables.problems import LANGUAGES

    words = path.name.partition(".")[0].replace("-", "_").split("_")
    named = {**{name: name for name in (*LANGUAGES.values(), *(part.language for part in parts))}, **LANGUAGES}
    return next((named[word] for word in reversed(words) if word in named), parts[0].language)


class HumanEval(Published):
    """HumanEval (Chen et al. 2021): 164 problems in Python."""

    home: ClassVar[str] = "openai/openai_humaneval"
    parts: ClassVar[tuple[Part, ...]] = (Part("python"),)


class Mbpp(Published):
    """MBPP (Austin et al. 2021): Mostly Basic Python Problems; of the hub's the 500 of the test."""

    home: ClassVar[str] = "google-research-datasets/mbpp"
    parts: ClassVar[tuple[Part, ...]] = (Part("python", "full"),)


class MultiplE(Published):
    """MultiPL-E (Cassano et al. 2022): HumanEval and MBPP in other languages; prompts without solutions."""

    home: ClassVar[str] = "nuprl/MultiPL-E"
    parts: ClassVar[tuple[Part, ...]] = tuple(
        Part(language, f"{of}-{short}")
        for of in ("humaneval", "mbpp")
        for language, short in (
            ("cpp", "cpp"),
            ("go", "go"),
            ("java", "java"),
            ("javascript", "js"),
            ("lua", "lua"),
            ("ruby", "rb"),
            ("rust", "rs"),
            ("swift", "swift"),
        )
    )


class HumanEvalX(Published):
    """HumanEval-X (Zheng et al. 2023): HumanEval in five languages, each problem with a solution."""

    home: ClassVar[str] = "THUDM/humaneval-x"
    parts: ClassVar[tuple[Part, ...]] = tuple(
        Part(language, file=f"data/{short}/data/humaneval.jsonl")
        for language, short in (
            ("python", "python"),
            ("cpp", "cpp"),
            ("go", "go"),
            ("java", "java"),
            ("javascript", "js"),
        )
    )
