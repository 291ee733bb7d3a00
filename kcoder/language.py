"""A programming language: nearly all of it data.

The executor writes the program that `program()` makes to a file and runs `command(file)`. The program defines the
candidate's code, makes the calls one after another, and prints each result as JSON on a line of its own behind a
mark that nobody can know beforehand. It never holds the expected values: a judge outside compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from kcoder.plugin import Plugin, option
from kcoder.records import Verdict

#: one call of the candidate's function: the arguments, as JSON values
Arguments = Sequence[Any]


class Probe(Plugin):
    """A small program with the verdict a right executor gives. `calls` are (arguments, expected) of `entry`."""

    code: str = option(help="the program")
    verdict: Verdict = option(help="the only right verdict")
    entry: str = option("f", "the function that is called")
    calls: tuple[tuple[tuple[Any, ...], Any], ...] = option((((1,), 2),), "arguments and expected value")


class Language(Plugin):
    """What kcoder must know of a language.

    `program`, `command` and `version` are needed to run programs; a language without them can still be read,
    filtered and trained on.
    """

    group: ClassVar[str] = "languages"
    unkeyed: ClassVar[frozenset[str]] = frozenset({"probes", "solutions", "install", "aliases"})

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
    stops: tuple[str, ...] = option((), "texts after which a completion of one function cannot go on")
    environment: Mapping[str, str] | None = option(None, "variables its programs are given, by name")
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

    def program(self, code: str, entry: str, calls: Sequence[Arguments], mark: str) -> str:
        """A whole program: `code`, then for each call one line `mark + JSON of entry(*arguments)` on stdout."""
        raise NotImplementedError

    def command(self, file: Path) -> list[str]:
        """How to run the file that holds the program, from the folder it lies in.

        The environment is the executor's own: PATH, HOME, TMPDIR, LANG and `environment`.
        """
        raise NotImplementedError

    def verdict(self, status: int, stderr: str) -> Verdict:
        """What a program that ended by itself before its last answer ran into. Status is never a pass.

        `status` is negative for a signal; `stderr` is what the program said last, at most 8 KiB.
        """
        if status == 0:
            return Verdict.INCOMPLETE
        return Verdict.RUNTIME_ERROR

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

    def world(self) -> dict[str, Any]:
        return {"toolchain": self.version()} if self.executable() else {}
