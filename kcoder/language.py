"""A programming language: nearly all of it data.

Programs are judged by the values their functions return. `calls` and `asserts` give the text that follows a candidate
in its program: it makes the calls one after another and says each value on a line of its own behind a mark. It never
holds the expected values: a judge outside compares. `program` gives the files that make up the whole, and the commands
that build and execute it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from kcoder import toolchain
from kcoder.failures import Cause
from kcoder.plugin import Plugin, option
from kcoder.records import Verdict

#: the arguments of a call of the candidate's function, as JSON values, and what it must return
Call = tuple[tuple[Any, ...], Any]


@dataclass(frozen=True)
class Tests:
    """What follows a candidate in its program, and the values it says, in order.

    `expected` is None where the text compares by itself, as a benchmark's own test program does: then it says one last
    word, `END`, when it has come to its end. `sources` are the calls as a person reads them.
    """

    __test__: ClassVar[bool] = False  # pytest would take it for tests of its own

    text: str
    expected: tuple[Any, ...] | None = None
    sources: tuple[str, ...] = ()


#: what a test program that compares by itself says when nothing has failed
END = "end"
#: characters of what a compiler said that are kept
COMPLAINT = 200


#: in commands, the folder in which programs find what was prepared for them
PREPARED = "{prepared}"


@dataclass(frozen=True)
class Prepared:
    """What many programs share, made once: the commands are executed in a folder with the files, and what lies there
    then is shown to programs, read-only, at PREPARED."""

    files: Mapping[str, str]
    commands: tuple[tuple[str, ...], ...]


@cache
def drawn() -> str:
    """What makes names that no program can know, as the mark does, where many programs share what bears them."""
    return f"_{secrets.token_hex(16)}"


@dataclass(frozen=True)
class Served:
    """A command that builds, carried out by a process that is started once for many programs.

    `server` starts it in a folder with `files`; it is given `request` and the program's files, and what it makes of
    them takes their place (`isolation/served.py` has the form). It must never execute anything of a program.
    """

    server: tuple[str, ...]
    files: Mapping[str, str]
    request: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """Files to be written into an empty folder, and commands to be executed there until one fails. The last one is
    the program that is judged; those before it build it, the first of them perhaps in a server."""

    files: Mapping[str, str]
    commands: tuple[tuple[str, ...] | Served, ...]
    prepared: Prepared | None = None


@dataclass(frozen=True)
class Batch:
    """Programs that are built as one: what builds them, and for each the command that executes it."""

    prepared: Prepared
    commands: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Forked:
    """A Python program, and tests that call it from another process. The sandbox keeps an interpreter warm for it."""

    code: str
    tests: str
    files: Mapping[str, str] = field(default_factory=dict)


class Limits(BaseModel):
    """What one command may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float = Field(default=10.0, gt=0, description="seconds of processor time, or asleep")
    memory: int = Field(default=1024, gt=0, description="MiB it may write to")
    processes: int = Field(default=32, gt=0, description="processes and threads")


class Syntax(BaseModel):
    """The names that a language's tree-sitter grammar gives to what a completion is made of.

    A node is named by its type, or by its type and the text of one of its parts: `class_declaration:extension`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    grammar: str = Field(description="the Python package of the grammar: tree_sitter_java")
    loader: str = Field(default="language", description="the function of that package that gives the grammar")
    functions: tuple[str, ...] = Field(description="nodes that define a function or method")
    types: tuple[str, ...] = Field(default=(), description="nodes that define a type: classes, structs, aliases")
    values: tuple[str, ...] = Field(default=(), description="nodes that define a variable or constant at file scope")
    imports: tuple[str, ...] = Field(default=(), description="nodes that import")
    heads: tuple[str, ...] = Field(default=(), description="nodes that stand before all others: package, use strict")
    others: tuple[str, ...] = Field(default=(), description="nodes that are needed without being named: operators")
    wrappers: tuple[str, ...] = Field(
        default=(), description="nodes around one definition: statements, templates, decorators"
    )
    containers: tuple[str, ...] = Field(
        default=(), description="types in which functions lie where others have them at file scope: Java's classes"
    )
    attributes: tuple[str, ...] = Field(
        default=(), description="nodes that belong to the definition after them: Rust's #[derive]"
    )
    names: tuple[str, ...] = Field(default=("identifier",), description="nodes that name a definition where it is used")
    locals: tuple[str, ...] = Field(default=(), description="nodes that give names within a function, and nowhere else")
    specs: tuple[str, ...] = Field(
        default=(), description="nodes of an import that each import one thing, where it is an error to use none of it"
    )
    packages: tuple[str, ...] = Field(
        default=(), description="where an imported package's name stands, node and field: selector_expression.operand"
    )
    unsaid: tuple[str, ...] = Field(
        default=(), description="words before a definition that a program of one file does without: public, export"
    )
    visible: str = Field(
        default="", description="a regular expression for the variables that functions see; all if empty"
    )
    overloads: bool = Field(default=False, description="whether functions of one name can differ in their parameters")
    given: str | None = Field(
        default=None,
        description="names, with spaces between, that every program has without defining them; none where a "
        "definition can be needed without being named, so that names do not tell whether one is to come",
    )
    close: str = Field(default="}", description="what closes a function; empty where indentation does")
    spellings: tuple[tuple[str, str], ...] = Field(
        default=(),
        description="regular expressions with what they become, for definitions that can be spelt in two ways",
    )


class Probe(Plugin):
    """A small program with the verdict a right executor gives. `calls` are (arguments, expected) of `entry`."""

    code: str = option(help="the program")
    verdict: Verdict = option(help="the only right verdict")
    entry: str = option("f", "the function that is called")
    calls: tuple[Call, ...] = option((((1,), 2),), "arguments and expected value")


class Language(Plugin):
    """What kcoder must know of a language.

    `program`, `calls` and `version` are needed to run programs; a language without them can still be read,
    filtered and trained on.
    """

    group: ClassVar[str] = "languages"
    unkeyed: ClassVar[frozenset[str]] = frozenset({"probes", "solutions", "install", "aliases", "together"})

    name: str = option(help="lower-case name, as specs write it")
    aliases: tuple[str, ...] = option((), "other names by which rows may call it, lower-case")
    suffixes: tuple[str, ...] = option(help="file name endings, with the dot")
    comment: str = option(help="what starts a comment that ends with the line")
    block_comment: tuple[str, str] | None = option(None, "what begins and ends a comment of several lines")
    content: Mapping[str, str] | None = option(
        None,
        "for an ending that other languages use too: a regular expression that finds something in a text of this one",
    )
    generated: tuple[str, ...] | None = option(
        None, "regular expressions that find, in the first or last lines of a file, that a program wrote it"
    )
    generated_paths: tuple[str, ...] | None = option(
        None, "regular expressions that find, in a file's path, that a program wrote it"
    )
    scorer: str = option("lizard", "the scorer of its programs' complexity, where none is named", source="own choice")
    install: str = option("", "what a person types to get the toolchain")
    syntax: Syntax | None = option(None, "how to read its programs as trees, to find where a completion ends")
    stops: tuple[str, ...] = option((), "texts after which a completion of one function cannot go on")
    environment: Mapping[str, str] | None = option(None, "variables its programs are given, by name")
    build: Limits = option(Limits(seconds=60, memory=4096, processes=128), "what a command that builds may take")
    run: Limits = option(
        Limits(memory=64), "what a program needs at least; the executor's limits hold where they are higher"
    )
    together: int = option(1, "programs that are built at once, where that is faster; see `batch`")
    causes: tuple[Cause, ...] = option(
        (), "regular expressions over what its compiler and runtime say, with the failure and the cause they tell of"
    )
    #: the six programs every language must judge rightly: right, wrong, crash, endless, network, memory. The one that
    #: looks for a network returns the right value where it finds one, so that only a missing network can fail it.
    probes: Mapping[str, Probe] = option({}, "by name")
    #: canonical completions: (prompt, completion with what a model may add, where it ought to be cut)
    solutions: tuple[tuple[str, str, str], ...] = option((), "for the test of `cut`")

    def version(self) -> str:
        """The toolchain's version. Cheap. Raises MachineLacksError when it is missing."""
        raise NotImplementedError(f"{self.name} has no toolchain")

    def executable(self) -> bool:
        """Whether programs of this language can be run at all, given a toolchain."""
        return type(self).program is not Language.program

    def program(self, code: str, tests: Tests, mark: str) -> Program | Forked:
        """The whole program: the candidate's code and what follows it. Every value is said behind `mark`.

        Commands find PATH, HOME, TMPDIR, LANG and `environment`, and nothing else of the machine's environment.
        """
        raise NotImplementedError

    def alone(self, code: str, tests: Tests) -> bool:
        """Whether a program must not be built with others: they could tell, or it would reach into them."""
        return self.together < 2

    def batch(self, programs: Sequence[tuple[str, Tests]], mark: str) -> Batch:
        """Programs, none of them `alone`, built as one. Each must end as it would by itself: what names the place of
        the one of number N is `kcoder{mark}_N::` or `kcoder{mark}_N/`, which is taken out of what it says.
        """
        raise NotImplementedError

    def blamed(self, words: str) -> set[int]:
        """The numbers of programs in a batch that a compiler could not build, by its words; empty where they name none.
        Each is then built by itself."""
        return set()

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        """Tests given as calls with JSON values."""
        raise NotImplementedError

    def asserts(self, prompt: str, tests: str) -> Tests:
        """Tests given as a program in this language, which would stand after the candidate in the same file.

        Where each assertion compares a call with a literal, the calls say their values and the literals are expected.
        """
        raise NotImplementedError(f"{self.name} cannot run test programs")

    def same(self, answer: Any, expected: Any) -> bool:
        """Whether a value that was said is the expected one, as this language's own tests compare."""
        return same(answer, expected)

    def paths(self) -> tuple[str, ...]:
        """Files and folders that its programs must see beside the system's own, read-only. Raises nothing."""
        return ()

    def image(self) -> str | None:
        """The root file system its toolchain lies in, where that is not the machine's own."""
        return toolchain.image(self.name)

    def complaint(self, words: str) -> str:
        """The first fault in what a compiler said, on one line."""
        lines = [line.strip() for line in words.splitlines() if line.strip()]
        return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")[:COMPLAINT]

    def unbuilt(self, words: str) -> Verdict:
        """Whose fault it is that a program was not built, by the compiler's words: files of kcoder's may be missing."""
        return Verdict.BUILD_FAILED

    def verdict(self, status: int, stderr: str) -> Verdict:
        """What a program that ended by itself before its last answer ran into. Status is never a pass.

        `status` is negative for a signal; `stderr` is what the program said last, at most 8 KiB.
        """
        if status == 0:
            return Verdict.INCOMPLETE
        return Verdict.RUNTIME_ERROR

    def last_words(self, stderr: str) -> str:
        """What a program said of its end, on one line: the last that it wrote to its standard error."""
        lines = [line.strip() for line in stderr.splitlines() if line.strip()]
        return lines[-1][:COMPLAINT] if lines else ""

    def cut(self, prompt: str, completion: str) -> str:
        """The part of a raw completion that belongs to the function the prompt began."""
        ends = [at for stop in self.stops if (at := completion.find(stop)) >= 0]
        return completion[: min(ends)] if ends else completion

    def parses(self, text: str) -> bool | None:
        """Whether the text is a whole program of this language; None when this cannot be told here."""
        return None

    def defines(self, text: str) -> bool | None:
        """Whether the text defines anything that can be called; None when this cannot be told here."""
        return None

    def self_contained(self, text: str) -> bool | None:
        """Whether a program has all it uses, so that no definition behind it could change what it does; None when this
        cannot be told here. Never true where that is in doubt."""
        return None

    def world(self) -> dict[str, Any]:
        return {"toolchain": self.version()} if self.executable() else {}


def same(answer: Any, expected: Any) -> bool:
    """Whether two values are equal: numbers by value, truth values only to truth values, sequences item by item,
    whatever kind of sequence they are."""
    if isinstance(answer, bool) or isinstance(expected, bool):
        return answer is expected
    if isinstance(answer, int | float) and isinstance(expected, int | float):
        return answer == expected
    if isinstance(answer, list | tuple) and isinstance(expected, list | tuple):
        return len(answer) == len(expected) and all(map(same, answer, expected))
    if isinstance(answer, dict) and isinstance(expected, dict):
        if answer.keys() != expected.keys():  # JSON knows texts as keys only
            answer = {str(k) if type(k) is int else k: item for k, item in answer.items()}
        return answer.keys() == expected.keys() and all(same(answer[k], expected[k]) for k in answer)
    return type(answer) is type(expected) and bool(answer == expected)
