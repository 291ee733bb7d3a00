"""Problems of your own, from a file."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationError

from kcoder.benchmark import OwnProblems, Problem, ProblemText
from kcoder.choose import Named
from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.plugin import option

#: a line to evaluate on
EXAMPLE = (
    "to evaluate on, each line holds a problem with tests: "
    '{"language": "lua", "id": "add", "prompt": "function add(a, b)\\n", "entry": "add", "tests": [[[1, 2], 3]]}'
)


class Line(Problem):
    """A problem as it stands in the file, with the language it is written in."""

    language: str = Field(min_length=1)


class ProblemFile(OwnProblems):
    """A file of problems, to look for in data or to evaluate on.

    To be looked for, any table will do, with a column for the prompt, one for the solution, or both. To be evaluated
    on, a JSON Lines file needs `language`, `id`, `prompt`, `entry`, `tests` and perhaps `solution`.
    """

    unkeyed: ClassVar[frozenset[str]] = frozenset({"path"})

    path: str = option(help=".jsonl, .ndjson, .json, .csv or .tsv, also with .gz, or .parquet", min_length=1)
    columns: dict[str, str] | None = option(
        None, "the file's names for question, code, language, id; guessed if not given", source="own choice"
    )
    language: Annotated[str, Named("languages")] | None = option(
        None, "the language of problems that name none, where they are looked for", source="own choice"
    )

    def languages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.language for line in self._lines()))

    def problems(self, language: str, host: Host) -> Iterator[Problem]:
        """Raises UsageError with file and line for a line that is no problem or whose id stood before."""
        found = [line for line in self._lines() if line.language == language]
        if not found:
            there = ", ".join(self.languages()) or "none at all"
            raise UsageError(f"{self.path}: no problems in {language}", f"there are problems in: {there}")
        for line in found:
            yield Problem(**line.model_dump(exclude={"language"}))

    def texts(self, host: Host) -> Iterator[ProblemText]:
        """Raises UsageError with the file, and the line where there is one, for what holds no texts of problems."""
        from kcoder.tables.problems import problem_texts
        from kcoder.tables.read import read
        from kcoder.tables.unpack import existing

        path = existing(self.path)
        return problem_texts(path.name, read(path), self.columns, self.language or "", host.say)

    def check_texts(self) -> None:
        deque(self.texts(Host()), maxlen=0)

    def world(self) -> dict[str, Any]:
        return {"sha256": hashlib.sha256(self._read()).hexdigest()}

    def _lines(self) -> Iterator[Line]:
        seen: dict[tuple[str, str], int] = {}
        for number, raw in enumerate(self._read().splitlines(), 1):
            if not raw.strip():
                continue
            try:
                line = Line.model_validate_json(raw)
            except ValidationError as error:
                raise UsageError(f"{self.path}:{number}: {told(error)}", EXAMPLE) from None
            before = seen.setdefault((line.language, line.id), number)
            if before != number:
                raise UsageError(f"{self.path}:{number}: {line.id!r} is already the id of line {before}")
            yield line

    def _read(self) -> bytes:
        try:
            return Path(self.path).expanduser().read_bytes()
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror or error}", "give a file of problems") from None


def told(error: ValidationError) -> str:
    """The first fault of a line, with the field it is in."""
    fault = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}" if where else str(fault["msg"])
