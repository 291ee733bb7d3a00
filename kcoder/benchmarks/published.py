"""The published benchmarks of code, from a file of one's own or from the hub: to evaluate on, and to look for in data.

Their tests are programs in the problem's language, which run as they stand or are read for what they compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from kcoder.benchmark import Benchmark, Problem, TestProgram
from kcoder.choose import Named
from kcoder.errors import UsageError
from kcoder.expressions import plus
from kcoder.expressions.bare import uncommented
from kcoder.expressions.entry import called, tried, under_test
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.published import Part, Published, Row, language_of

#: the numbers of its problems, by part (Austin et al. 2021 §2.1)
PARTS_OF_MBPP = {"test": range(11, 511), "validation": range(511, 601)}
#: languages as a prompt spells them, where a capital letter is not all
SPELT = {"cpp": "C++", "javascript": "JavaScript"}


class WithPlus(Published):
    """A benchmark whose problems EvalPlus (Liu et al. 2023) gives many more inputs, in a file of its own."""

    tests: Literal["base", "plus"] = option(
        "base", "the benchmark's own tests, or all inputs of EvalPlus's file at path", source="own choice"
    )

    @model_validator(mode="after")
    def _has_inputs(self) -> Self:
        if self.tests == "plus" and self.path is None:
            raise ValueError("EvalPlus's inputs are not on the hub: path: HumanEvalPlus.jsonl.gz, or MbppPlus.jsonl.gz")
        return self

    def called(self) -> str:
        return super().called() + ("+" if self.tests == "plus" else "")

    def rows(self, language: str, host: Host) -> Iterator[Row]:
        if self.tests == "base":
            return super().rows(language, host)
        return (row for path in self.files() if language_of(path, self.parts) == language for row in plus.rows(path))

    def _plus(self, row: Row) -> Problem:
        return Problem(
            id=str(row["task_id"]),
            prompt=row["prompt"],
            entry=row["entry_point"],
            program=TestProgram(text=plus.program(row)),
            solution=row["canonical_solution"],
        )


class HumanEval(WithPlus):
    """HumanEval (Chen et al. 2021): 164 problems in Python. A file of HumanEval+ (EvalPlus) is read as well."""

    home: ClassVar[str] = "openai/openai_humaneval"
    parts: ClassVar[tuple[Part, ...]] = (Part("python"),)
    #: what MultiPL-E does not translate: prompts that hold more than one function
    UNTRANSLATED: ClassVar[frozenset[int]] = frozenset({32, 38, 50})

    part: Literal["all", "translated"] = option(
        "all", "all 164 problems, or the 161 that MultiPL-E has in other languages", source="Cassano et al. 2022"
    )

    def called(self) -> str:
        return super().called() if self.part == "all" else "multipl-e"

    def wanted(self, row: Row) -> bool:
        return self.part == "all" or int(str(row["task_id"]).rpartition("/")[2]) not in self.UNTRANSLATED

    def problem(self, row: Row, language: str) -> Problem:
        if self.tests == "plus":
            return self._plus(row)
        entry = row["entry_point"]
        named = str(row["task_id"])
        return Problem(
            # as MultiPL-E names them, by which languages are compared
            id=named if self.part == "all" else f"{named.replace('/', '_')}_{entry}",
            prompt=row["prompt"],
            entry=entry,
            program=TestProgram(text=f"{row['test']}\ncheck({entry})\n"),
            solution=row.get("canonical_solution", ""),
        )


def _of_mbpp(benchmark: Benchmark) -> str | None:
    """The part of MBPP's problems that these are, in whatever language; None where they are others."""
    if isinstance(benchmark, MultiplE):
        return (benchmark.part or "all") if benchmark.version == "mbpp" else None
    return benchmark.part if isinstance(benchmark, Mbpp) else None


class Mbpp(WithPlus):
    """MBPP (Austin et al. 2021): Mostly Basic Python Problems, each with three asserts.

    The model sees the description and the asserts in a docstring, as in bigcode-evaluation-harness; its answer begins
    with the function itself.
    """

    home: ClassVar[str] = "google-research-datasets/mbpp"
    parts: ClassVar[tuple[Part, ...]] = (Part("python", "full"),)
    searched: ClassVar[tuple[str, ...]] = ("prompt", "test", "validation", "train")
    revision: ClassVar[int] = 2

    part: Literal["test", "validation", "all"] = option(
        "test",
        "the problems 11 to 510, the development problems 511 to 600, or all",
        source="Austin et al. 2021 §2.1",
    )

    def develops(self) -> bool:
        return self.part == "validation"

    def called(self) -> str:
        return super().called() + (" dev" if self.develops() else "")

    def holds(self, other: Benchmark) -> bool:
        return _of_mbpp(other) is not None and self.part in ("all", _of_mbpp(other))

    def splits(self) -> tuple[str, ...]:
        return self.searched if self.part == "all" else (self.part,)

    def wanted(self, row: Row) -> bool:
        return self.part == "all" or int(str(row.get("task_id", 11)).rpartition("/")[2]) in PARTS_OF_MBPP[self.part]

    def problem(self, row: Row, language: str) -> Problem:
        if self.tests == "plus":
            return self._plus(row)
        asserts = list(row["test_list"])
        imports = [*(row.get("test_imports") or []), row.get("test_setup_code") or ""]
        described = "\n".join([row.get("prompt") or row["text"], *asserts])
        return Problem(
            id=str(row["task_id"]),
            prompt=f'"""\n{described}\n"""\n',
            entry=under_test(row.get("code", ""), asserts[0]),
            program=TestProgram(text="\n".join([*filter(None, imports), *asserts]) + "\n"),
            solution=row.get("code", "").replace("\r\n", "\n") + "\n",
        )


class MultiplE(Published):
    """MultiPL-E (Cassano et al. 2022): HumanEval and MBPP in other languages; prompts without solutions.

    Asked in Python, it is the 161 problems of HumanEval that it has translated.
    """

    solved: ClassVar[bool] = False
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
            ("typescript", "ts"),
        )
    )

    version: Literal["humaneval", "mbpp"] = option(
        "humaneval", "which of the two is evaluated on", source="Cassano et al. 2022"
    )
    part: Literal["test", "validation"] | None = option(
        None,
        "of version mbpp the problems 11 to 510, or the development problems 511 to 600; all where not given",
        source="Austin et al. 2021 §2.1",
    )

    @model_validator(mode="after")
    def _has_a_part(self) -> Self:
        if self.part and self.version != "mbpp":
            raise ValueError("HumanEval has no parts; MBPP has: version: mbpp")
        return self

    def develops(self) -> bool:
        return self.part == "validation"

    def called(self) -> str:
        return super().called() + (" dev" if self.develops() else "")

    def holds(self, other: Benchmark) -> bool:
        part = _of_mbpp(other)
        return self.version == "mbpp" and part is not None and (self.part or "all") in ("all", part)

    def wanted(self, row: Row) -> bool:
        return self.part is None or int(str(row["name"]).split("_")[1]) in PARTS_OF_MBPP[self.part]

    @classmethod
    def task(cls, problem: str) -> str | None:
        return problem  # `HumanEval_0_has_close_elements`, whatever the language

    def languages(self) -> tuple[str, ...] | None:
        found = super().languages()
        if self.version == "humaneval" and (self.path is None or self._originals()):
            return ("python", *(name for name in found or () if name != "python"))
        return found

    def in_language(self, language: str) -> Benchmark:
        if language != "python" or self.version != "humaneval":
            return self
        originals = self._originals()
        return HumanEval(path=str(originals) if originals else self.path, missing=self.missing, part="translated")

    def files(self) -> list[Path]:
        return [path for path in super().files() if path != self._originals()]

    def _originals(self) -> Path | None:
        """The file of HumanEval among those of a folder."""
        found = Path(self.path or "").expanduser().glob("HumanEval.*") if self.path else ()
        return next(iter(sorted(found)), None)

    def evaluated(self) -> Iterator[Part]:
        return (part for part in self.parts if (part.config or "").startswith(self.version))

    def problem(self, row: Row, language: str) -> Problem:
        return Problem(
            id=str(row["name"]),
            prompt=row["prompt"],
            entry=called(row["tests"]),
            program=TestProgram(text=row["tests"]),
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

    translate_from: Annotated[str, Named("languages")] | None = option(
        None, "show the solution in this language, and ask for it in the language evaluated", source="own choice"
    )

    @classmethod
    def task(cls, problem: str) -> str | None:
        return problem.rpartition("/")[2]  # the 7 of `Java/7`

    def called(self) -> str:
        return super().called() + (f" from {self.translate_from}" if self.translate_from else "")

    def languages(self) -> tuple[str, ...] | None:
        found = super().languages()
        return found and tuple(name for name in found if name != self.translate_from)

    def problems(self, language: str, host: Host) -> Iterator[Problem]:
        if self.translate_from is None:
            return super().problems(language, host)
        if self.translate_from == language:
            message = f"humaneval-x: {language} is to be translated from itself"
            raise UsageError(message, "translate_from: another language")
        return self._translations(self.translate_from, language, host)

    def _translations(self, source: str, language: str, host: Host) -> Iterator[Problem]:
        """Each problem after its solution in the other language, as CodeGeeX asks for it (Zheng et al. 2023 §4.2)."""
        shown = {self.task(str(row["task_id"])): row for row in self.rows(source, host)}
        asked = {self.task(str(row["task_id"])): row for row in self.rows(language, host)}
        for problem in super().problems(language, host):
            number = self.task(problem.id)
            if number not in shown:
                where = self.path or self.home
                raise UsageError(f"{where}: {problem.id} has no solution in {source}", "add the file of that language")
            told = {"preface": preface(shown[number], source, language), "prompt": _begun(asked[number])}
            yield problem.model_copy(update=told)

    def problem(self, row: Row, language: str) -> Problem:
        # Rust's prompt is its docstring alone; Go's tests begin with the package and its imports
        prompt = row["prompt"] + (row["declaration"] if language == "rust" else "")
        return Problem(
            id=str(row["task_id"]),
            prompt=prompt,
            entry=tried(row["declaration"], row["canonical_solution"], row["test"]),
            program=TestProgram(head=row.get("test_setup") or "", text=row["test"]),
            solution=row["canonical_solution"],
        )


def _begun(row: Row) -> str:
    """A problem without its description: imports, functions that it needs, and the declaration. Go's declaration is
    that of the function alone."""
    if "import" not in row:
        return str(row["declaration"])
    text = re.sub(r"\n\s*\n", "\n\n", uncommented(row["prompt"])).lstrip()
    return text if row["import"].strip() in text else f"{row['import']}{text}"


def preface(shown: Row, source: str, language: str) -> str:
    """What stands before a declaration that a solution in another language is to be translated to."""
    solved = shown["declaration"] + "\n" + shown["canonical_solution"].rstrip() + "\n"
    one, other = (SPELT.get(name, name.capitalize()) for name in (source, language))
    return f"code translation\n{one}:\n{solved}{other}:\n"
