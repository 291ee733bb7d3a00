"""Problems with tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.plugin import Plugin, name_of, names, option


class TestProgram(BaseModel):
    """Tests as a program in the problem's language: `head` stands before the prompt, unseen by the model (imports),
    `text` after the candidate."""

    __test__: ClassVar[bool] = False  # pytest would take it for tests of its own
    model_config = ConfigDict(frozen=True, extra="forbid")

    head: str = ""
    text: str = Field(min_length=1)


class Problem(BaseModel):
    """A prompt to complete, and what the finished function must pass: calls with the values they must return, or the
    benchmark's own test program."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="unique within the benchmark and language")
    preface: str = Field(default="", description="what stands before the prompt and is no part of the program")
    prompt: str = Field(description="the text the model completes, with which the program begins")
    entry: str = Field(description="the function that is called")
    tests: tuple[tuple[tuple[Any, ...], Any], ...] = Field(
        default=(), description="(arguments, expected value), JSON values"
    )
    program: TestProgram | None = Field(default=None, description="tests that are a program, in place of calls")
    solution: str = Field(default="", description="a completion that passes, without the prompt")

    @model_validator(mode="after")
    def _has_tests(self) -> Self:
        if bool(self.tests) == bool(self.program):
            raise ValueError("a problem needs tests: calls with values, or else a program")
        return self

    def asked(self) -> Any:
        """The tests as JSON values, as a row of completions carries them."""
        return self.program.model_dump() if self.program else self.tests


@dataclass(frozen=True)
class ProblemText:
    """What of a problem may stand in training data: its prompt, a solution where there is one."""

    id: str
    language: str
    prompt: str
    solution: str = ""


class Benchmark(Plugin):
    """A named set of problems.

    `split` is "test" for what is reported and "dev" for what choices are made on; never mix them up. Where options
    decide which it is, `develops` tells.
    """

    group: ClassVar[str] = "benchmarks"
    split: ClassVar[str] = "test"
    #: whether its problems may have reference solutions, which are judged before any model's
    solved: ClassVar[bool] = True
    #: of other steps than the one that judges them nothing depends on witnesses
    unkeyed: ClassVar[frozenset[str]] = frozenset({"witnesses"})

    witnesses: str | tuple[str, ...] | None = option(
        None,
        "a file, or several, of recorded answers to problems without a solution of their own: JSON Lines with the "
        "problem's id or name, and an answer or completion. They are judged before any model",
        source="own choice",
    )

    def develops(self) -> bool:
        """Whether these are development problems, on which settings and checkpoints are chosen."""
        return self.split == "dev"

    def holds(self, other: Benchmark) -> bool:
        """Whether another benchmark's problems, or some of them, are among these."""
        return name_of(self) == name_of(other) and self.called() == other.called()

    def in_language(self, language: str) -> Benchmark:
        """What stands for it where it is asked in this language."""
        return self

    def witness_files(self) -> tuple[str, ...]:
        return (self.witnesses,) if isinstance(self.witnesses, str) else self.witnesses or ()

    def called(self) -> str:
        """What tables and reports call it: its name, with `+` or ` from LANGUAGE` behind it where its options ask the
        same problems in another way, and ` dev` where they make them development problems."""
        return name_of(self)

    @classmethod
    def task(cls, problem: str) -> str | None:
        """What a problem's id has in common with those of the same problem in other languages; None where ids do not
        tell, so that no two problems are taken for one."""
        return None

    def languages(self) -> tuple[str, ...] | None:
        """The languages there are problems in; None when that is not known before reading."""
        return None

    def problems(self, language: str, host: Host) -> Iterator[Problem]:
        """The problems in this language, in a stable order. Raises UsageError when there are none."""
        raise NotImplementedError

    def texts(self, host: Host) -> Iterator[ProblemText]:
        """The texts of all problems in all languages, for finding them in training data."""
        for language in self.languages() or ():
            for problem in self.problems(language, host):
                yield ProblemText(problem.id, language, problem.prompt, problem.solution)

    def check_texts(self) -> None:
        """Raises UsageError where a file of problems is at hand and its texts cannot be read. Cheap and offline."""

    @classmethod
    def of_word(cls, word: str) -> tuple[str, dict[str, Any]] | None:
        """A path is a file of problems, or a folder of such as a person writes them."""
        if Path(word).is_dir():
            return "folder", {"path": word}
        return ("file", {"path": word}) if Path(word).suffix or "/" in word else None


class OwnProblems(Benchmark):
    """Problems of a person's own, who says what they are for."""

    revision: ClassVar[int] = 2

    path: str = option(help="where they stand", min_length=1)
    use: Literal["test", "dev"] | None = option(
        None, "dev for development problems, on which choices are made; test where not given", source="own choice"
    )

    def develops(self) -> bool:
        return self.use == "dev"

    def called(self) -> str:
        """With digits of what they hold, so that problems of one id in two files are not taken for one."""
        named = f"{super().called()}-{self.digits}" if self.digits else super().called()
        return named + (" dev" if self.develops() else "")

    def holds(self, other: Benchmark) -> bool:
        return isinstance(other, OwnProblems) and (self._place() == other._place() or self.digits == other.digits != "")

    @cached_property
    def digits(self) -> str:
        """The first of their digest; none where they cannot be read, which the plan tells."""
        with suppress(KcoderError):
            return str(self.world()["sha256"])[:6]
        return ""

    def _place(self) -> Path:
        return Path(self.path).expanduser().resolve()


def unfit(on: Benchmark, evaluated: Benchmark | None) -> tuple[str, str] | None:
    """Why no choice may be made on these problems, and what to do; None where it may. `evaluated` is the test."""
    if not on.develops():
        way = "name development problems, such as mini-dev, mbpp: {part: validation} or file: {path: FILE, use: dev}"
        return f"{on.called()} is a test; choices made on it spoil its scores", way
    if evaluated and evaluated.holds(on):
        way = "evaluate on others, or on another part: {version: mbpp, part: test}, mbpp: {part: test}"
        return "these problems are among those evaluated; choices made on them spoil the scores", way
    return None


def unasked(on: Benchmark, language: str) -> tuple[str, str] | None:
    """That there are no problems in this language, and in which there are; None where there are, or nobody knows."""
    has = on.languages()
    if has is None or language in has:
        return None
    return f"{on.called()} has no problems in {language}", f"it has: {', '.join(has)}"


def known_as(called: str) -> str:
    """The benchmark whose problems these are, of what `Benchmark.called` gives."""
    return called.partition(" ")[0].removesuffix("+")


def kind(called: str) -> str:
    """The benchmark's name in a spec, of what `Benchmark.called` gives: without what tells two files apart."""
    known = known_as(called)
    named = known.rpartition("-")[0]
    return named if known not in names("benchmarks") and named in names("benchmarks") else known
