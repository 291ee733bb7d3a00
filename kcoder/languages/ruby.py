"""Ruby, run by ruby from 2.7 on.

A program is a file of its own, which is loaded; tests are evaluated at the outermost level. Assertions that compare
calls with literals, one after another, say their values. Other tests run in the program's process, by test-unit where
they ask for it: there a program that means to can patch what compares.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kcoder import toolchain
from kcoder.causes import ruby as causes
from kcoder.errors import MachineLacksError, UsageError
from kcoder.expressions.bare import bare
from kcoder.expressions.literal import NoLiteralError, Words, read
from kcoder.expressions.scan import closing, split
from kcoder.expressions.spoken import Edit, edited
from kcoder.isolation.values import Symbol
from kcoder.language import END, Call, Language, Limits, Probe, Program, Syntax, Tests
from kcoder.records import Verdict

DRIVER = Path(__file__).with_name("drivers") / "ruby.rb"
#: what says a value, until the mark is known: a local variable that holds a lambda
SAY = "say_value"
RUN = "run_tests"
#: what makes error messages longer; RubyGems takes most of ruby's start, 40 of 50 ms of processor time
SLOW = ("did_you_mean", "error_highlight", "rubyopt")
_GEMS = re.compile(r"\b(?:require|require_relative|autoload|gem|Gem)\b")

_QUOTES = "\"'"
_ASSERTION = re.compile(r"[ \t]*assert_equal(?=[ (])")
#: what stands around assertions: nothing of it is needed to say values
_FRAME = re.compile(
    r"\s*(?:#.*|end|require\s+['\"](?:test/unit|test-unit|minitest/autorun)['\"]"
    r"|class\s+\w+\s*<\s*(?:Test::Unit::TestCase|Mini[Tt]est::Test)|def\s+test_\w+(?:\(\))?)?\s*"
)
_ASSIGNMENT = re.compile(r"\s*[a-z_]\w*\s*=[^=~>].*")
_BRANCHING = re.compile(r"[{|]|\b(?:do|if|unless|while|until|for|begin|case|rescue|return|lambda|proc)\b|->|\?\s")
_EMPTY = re.compile(r"\{\s*\}")
_NAME = re.compile(r"(?<![\w:]):([A-Za-z_]\w*[?!]?)")
_KEY = re.compile(r"(?<![\w:])([A-Za-z_]\w*[?!]?):(?=\s)")
_TEXT = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.S)
#: within double quotes also the value of a variable, though nobody may have meant it: MultiPL-E's "#$a^D" is "^D"
_VARIABLE = re.compile(r"(?<!\\)#(?:\$|@@?)[A-Za-z_]\w*")
_LISTED = re.compile(r"\]\s*=>")
_WORDS: Words = {
    "true": lambda _: True,
    "false": lambda _: False,
    "nil": lambda _: None,
    "Symbol": lambda given: Symbol(given[0]),
    "Hash": lambda _: {},
}
_SIGNS = {
    r"^assertion failed: ": Verdict.WRONG_ANSWER,
    r"^build failed: ": Verdict.BUILD_FAILED,
    r"NoMemoryError|failed to allocate memory": Verdict.OUT_OF_MEMORY,
}
#: after tests that are not read: what runs those of test-unit, and the last word where all hold
_ENDING = f'\n{RUN}.()\n{SAY}.("{END}")\n'


class Ruby(Language):
    """Programs are files; what a program prints itself is ignored. Chance is drawn from a fixed seed."""

    revision = 3

    def version(self) -> str:
        return toolchain.told_version(_ruby(), self.name, "--version")

    def program(self, code: str, tests: Tests, mark: str) -> Program:
        files = {
            "candidate.rb": code,
            "tests.rb": tests.text.replace(SAY, f"say{mark}").replace(RUN, f"run{mark}"),
            "kcoder.rb": _driver().replace("{mark}", mark),
        }
        slow = SLOW if _GEMS.search(code) or _GEMS.search(tests.text) else ("gems", *SLOW)
        return Program(files, ((_ruby(), "-W0", f"--disable={','.join(slow)}", "kcoder.rb"),))

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        sources = tuple(f"{entry}({', '.join(map(_literal, arguments))})" for arguments, _ in calls)
        return Tests("".join(f"{SAY}.({source})\n" for source in sources), tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        """test-unit's assert_equal, where it stands outside of loops and conditions, as in MultiPL-E.

        Raises UsageError for other tests that want another library than test-unit.
        """
        try:
            lines = list(_spoken(tests))
        except ValueError:
            lines = []
        said = [found for _, found in lines if found]
        if not said:
            if other := re.search(r"minitest|rspec", tests, re.I):
                raise UsageError(f"tests of {other[0]} cannot be run", "write them for test-unit: require 'test/unit'")
            return Tests(f"{tests}{_ENDING}")
        text = "".join(f"{line}\n" for line, _ in lines)
        return Tests(text, tuple(value for _, value in said), tuple(call for call, _ in said))

    def paths(self) -> tuple[str, ...]:
        """Where ruby and its library lie: a version manager has them in a folder of their own."""
        if self.image() or not shutil.which("ruby"):
            return ()
        try:
            return (_ruby(), _config("prefix"))
        except MachineLacksError:
            return ()

    def verdict(self, status: int, stderr: str) -> Verdict:
        for sign, verdict in _SIGNS.items():
            if re.search(sign, stderr, re.M):
                return verdict
        return super().verdict(status, stderr)


def _spoken(tests: str) -> Iterator[tuple[str, tuple[str, Any] | None]]:
    """The lines of a test program that remain, with (call, value) where one says a value.

    Raises ValueError where anything is found but assertions of literals, one after another, and assignments.
    """
    place = 0
    while place < len(tests):
        end = tests.find("\n", place) % (len(tests) + 1)
        if found := _ASSERTION.match(tests, place):
            call, value, place = _assertion(tests, found.end(), end)
            yield f"{SAY}.({call})", (call, value)
            continue
        line = tests[place:end]
        if not _FRAME.fullmatch(line):
            if not _ASSIGNMENT.fullmatch(line) or _BRANCHING.search(bare(line)):
                raise ValueError(f"no assertion: {line}")
            yield line.strip(), None
        place = end + 1


def _assertion(tests: str, at: int, end: int) -> tuple[str, Any, int]:
    """The call, its value, and where the next line begins."""
    inner = tests[at:end][: len(bare(tests[at:end]).partition("#")[0])]
    if tests[at] == "(":
        bracket = closing(tests, at, _QUOTES)
        end = tests.find("\n", bracket) % (len(tests) + 1)
        inner, rest = tests[at + 1 : bracket], tests[bracket + 1 : end]
        if rest.strip() and not rest.lstrip().startswith("#"):
            raise ValueError(f"no assertion alone on its line: {rest}")
    pieces = split(inner, ",", _QUOTES)
    if len(pieces) not in (2, 3):
        raise ValueError(f"nothing is compared in {inner[:40]!r}")
    return pieces[1], _value(pieces[0]), end + 1


def _value(text: str) -> Any:
    seen = bare(text)
    if "#{" in text or _LISTED.search(seen):
        raise NoLiteralError("no literal: a text that is put together, or a list as a key")
    edits = [Edit(found.start(), found.end(), "Hash()") for found in _EMPTY.finditer(seen)]
    edits += [Edit(*found.span(), f'Symbol("{found[1]}")') for found in _NAME.finditer(seen)]
    edits += [Edit(*found.span(), f'Symbol("{found[1]}") =>') for found in _KEY.finditer(seen)]
    for found in _TEXT.finditer(text):
        unset = _VARIABLE.finditer(text, *found.span()) if text[found.start()] == '"' else ()
        edits += [Edit(*variable.span(), "") for variable in unset]
    return read(edited(text, edits), _WORDS)


def _ruby() -> str:
    found = toolchain.program("ruby", "ruby", RUBY.install)
    return found if RUBY.image() else _config("ruby")


@cache
def _config(name: str) -> str:
    """What ruby knows of where it lies itself: on PATH there may be a script that chooses among several."""
    asked = {"ruby": "RbConfig.ruby", "prefix": 'RbConfig::CONFIG["prefix"]'}[name]
    found = toolchain.program("ruby", "ruby", RUBY.install)
    return toolchain.told_version(found, "ruby", "--disable=gems", "-rrbconfig", "-e", f"puts {asked}")


@cache
def _driver() -> str:
    return DRIVER.read_text("utf-8")


def _literal(value: Any) -> str:
    """A JSON value as an expression."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(key)} => {_literal(item)}" for key, item in value.items()) + "}"
    if value is None:
        return "nil"
    # within double quotes a # may begin an expression
    return json.dumps(value, ensure_ascii=False).replace("#", "\\#") if isinstance(value, str) else json.dumps(value)


_PROMPT = "# Return n plus 1.\ndef f(n)\n"
_BLANK = "  # one more\n\n  one = 1\n\n  n + one\nend\n"
# port 9 of this very machine, where nobody listens: to be refused takes a network, if only the loopback
_NETWORK = """require 'socket'

def f(n)
  begin
    TCPSocket.new('127.0.0.1', 9)
  rescue Errno::ECONNREFUSED
  end
  n + 1
end
"""
_PROBES = {
    "right": Probe(code="def f(n)\n  n + 1\nend\n", verdict=Verdict.PASSED),
    "wrong": Probe(code="def f(n)\n  n - 1\nend\n", verdict=Verdict.WRONG_ANSWER),
    "crash": Probe(code="def f(n)\n  nil.fetch(n)\nend\n", verdict=Verdict.RUNTIME_ERROR),
    "endless": Probe(code="def f(n)\n  loop { }\nend\n", verdict=Verdict.TIMED_OUT),
    "network": Probe(code=_NETWORK, verdict=Verdict.SANDBOX_DENIED),
    "memory": Probe(code="def f(n)\n  ('x' * (3 << 30)).size && n + 1\nend\n", verdict=Verdict.OUT_OF_MEMORY),
}

RUBY = Ruby(
    name="ruby",
    aliases=("rb",),
    suffixes=(".rb",),
    comment="#",
    block_comment=("=begin", "=end"),
    syntax=Syntax(
        grammar="tree_sitter_ruby",
        functions=("method", "singleton_method"),
        types=("class", "module"),
        values=("assignment", "operator_assignment"),
        imports=("call:require", "call:require_relative", "call:include", "call:using"),
        # classes of Ruby's own that a program adds to
        others=("alias", *(f"class:{name}" for name in ("Array", "Hash", "Integer", "Numeric", "Object", "String"))),
        wrappers=("call", "argument_list"),
        names=("identifier", "constant", "global_variable"),
        visible="[A-Z$]",
        close="end",
    ),
    generated_paths=(r"(^|/)db/schema\.rb$",),
    install="apt install ruby",
    stops=("\nputs ", "\n```"),
    run=Limits(memory=128),
    causes=causes.RUBY,
    probes=_PROBES,
    solutions=(
        (_PROMPT, "  n + 1\nend\n", "  n + 1\nend\n"),
        (_PROMPT, "  n + 1\nend", "  n + 1\nend"),
        (_PROMPT, _BLANK, _BLANK),
        (_PROMPT, f"{_BLANK}\ndef g\n  1\nend\n", f"{_BLANK}\ndef g\n  1\nend\n"),
        (_PROMPT, "  n + 1\nend\nputs f(1)\n", "  n + 1\nend"),
    ),
)
