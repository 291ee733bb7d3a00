"""Lua 5.4, run by lupa in a process of its own."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kcoder.errors import MachineLacksError, UsageError
from kcoder.expressions.literal import read
from kcoder.expressions.scan import closing, split
from kcoder.language import END, Call, Language, Probe, Program, Syntax, Tests, same
from kcoder.records import Verdict
from kcoder_lua.causes import CAUSES

RUNNER = Path(__file__).with_name("runner.py")
#: the interpreter itself: an environment's link to it leads out of what programs may see
_PYTHON = os.path.realpath(sys.executable)
#: what says a value, until the mark is known
SAY = "say_value"

# Everything the driver calls is taken before the candidate can replace it, and kept where it cannot be named.
# Tables are read raw, past any metatable. One whose keys are 1, 2, 3, ... (holes are null) is a list, an empty one too:
# Lua cannot say more. All others are mappings. The wire form is that of kcoder/isolation/values.py.
_HEAD = r"""
local say_{m}, assert_{m}, error_{m} = nil, assert, error
do
  local type, tostring, next, rawget, kind, huge = type, tostring, next, rawget, math.type, math.huge
  local gsub, byte, format, concat, sort = string.gsub, string.byte, string.format, table.concat, table.sort
  local out, write, flush, told = io.stdout, io.stdout.write, io.stdout.flush, nil
  local function foreign(name) return '{{"~r":[null,"' .. name .. '"]}}' end
  local function escaped(c) return format("\\u%04x", byte(c)) end
  local function quoted(s) return '"' .. gsub(s, '[%c"\\]', escaped) .. '"' end
  local function mapping(t, above)
    local items, n = {{}}, 0
    for key, value in next, t do
      local name = type(key) == "table" and foreign("table as a key") or told(key, above)
      n = n + 1
      items[n] = "[" .. name .. "," .. told(value, above) .. "]"
    end
    sort(items)
    return '{{"~m":[' .. concat(items, ",") .. "]}}"
  end
  local function list(t, above)
    local count, last = 0, 0
    for key in next, t do
      if kind(key) ~= "integer" or key < 1 then return mapping(t, above) end
      count = count + 1
      if key > last then last = key end
    end
    if last > 2 * count + 1 then return mapping(t, above) end
    local items = {{}}
    for i = 1, last do items[i] = told(rawget(t, i), above) end
    return "[" .. concat(items, ",") .. "]"
  end
  local function within(t, above)
    local depth, each = 0, above
    while each do
      if each[1] == t then return foreign("circular") end
      depth, each = depth + 1, each[2]
    end
    return depth > 100 and foreign("too deep") or list(t, {{t, above}})
  end
  told = function(v, above)
    if type(v) == "table" then return within(v, above)
    elseif type(v) == "string" then return quoted(v)
    elseif v == nil then return "null"
    elseif type(v) == "boolean" or kind(v) == "integer" then return tostring(v)
    elseif type(v) ~= "number" then return foreign(type(v))
    elseif v ~= v or v == huge or v == -huge then
      return '{{"~f":"' .. (v ~= v and "nan" or v > 0 and "inf" or "-inf") .. '"}}'
    end
    return format("%.17g", v)
  end
  say_{m} = function(v) write(out, "\n{m}" .. told(v) .. "\n") flush(out) end
end
"""
#: what stands before tests that compare by themselves: the library's own, whatever the candidate calls by these names
_OWN = "local assert, error = assert_{m}, error_{m}\n"

_QUOTES = "\"'"
_LUAUNIT = re.compile(r"[ \t]*(?:(?:lu|luaunit)\.)?assertEquals(?=\()")
_ASSERT = re.compile(r"[ \t]*assert(?=\()")
#: what stands around assertions: nothing of it is needed to say values
_FRAME = re.compile(
    r"\s*(?:--.*|(?:local\s+)?\w+\s*=\s*require\s*\(?\s*['\"]luaunit['\"]\s*\)?"
    r"|(?:local\s+)?function\s+[Tt]est\w*\(\)|end|(?:return|os\.exit)?\s*\(?\s*\w+\.LuaUnit\.run\(.*\)\s*\)?)?\s*;?\s*"
)
_ASSIGNMENT = re.compile(r"\s*(?:local\s+)?\w+\s*=[^=].*")
_BRANCHING = re.compile(r"\b(?:function|if|for|while|repeat|do|return|goto)\b")
#: `None`, which MultiPL-E writes, is the name of no variable, and so nil
_WORDS = {
    "true": lambda _: True,
    "false": lambda _: False,
    "nil": lambda _: None,
    "None": lambda _: None,
}


class Lua(Language):
    """Programs are chunks; what a program prints itself is ignored."""

    revision = 4

    def version(self) -> str:
        try:
            return f"Lua 5.4 (lupa {_lupa_version()})"
        except PackageNotFoundError:
            raise MachineLacksError("lupa, which runs Lua, is not installed", self.install) from None

    def program(self, code: str, tests: Tests, mark: str) -> Program:
        # the head is one line, and the candidate begins on it: its errors then carry its own line numbers
        head = " ".join(line.strip() for line in _HEAD.format(m=mark).splitlines())
        text = f"{head} {code}\n{tests.text.replace(SAY, f'say_{mark}').replace('{m}', mark)}"
        return Program({"program.lua": text}, ((_PYTHON, "-I", "-S", str(RUNNER), "program.lua", _lupa_folder()),))

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        sources = tuple(f"{entry}({_arguments(arguments)})" for arguments, _ in calls)
        text = "".join(f"{SAY}({source})\n" for source in sources)
        return Tests(text, tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        """luaunit's assertEquals, as in MultiPL-E, and assert(call == literal), one after another.

        Nothing of luaunit is needed then. Other tests with assert stand in the program as they are. Raises UsageError
        for others that want luaunit.
        """
        try:
            lines = list(_spoken(tests))
        except ValueError as error:
            if "luaunit" in tests:
                raise UsageError(f"tests with luaunit cannot be read: {error}", "compare calls with literals") from None
            return Tests(f'{_OWN}{tests}\n{SAY}("{END}")\n')
        said = [found for _, found in lines if found]
        if not said:
            return Tests(f'{_OWN}{tests}\n{SAY}("{END}")\n')
        text = "".join(f"{line}\n" for line, _ in lines)
        return Tests(text, tuple(value for _, value in said), tuple(call for call, _ in said))

    def same(self, answer: Any, expected: Any) -> bool:
        """Tables by what they hold: what is nil is not in them, and an empty one is a list as well as a mapping."""
        return same(_table(answer), _table(expected))

    def paths(self) -> tuple[str, ...]:
        return (str(RUNNER), _lupa_folder())

    def verdict(self, status: int, stderr: str) -> Verdict:
        if "not enough memory" in stderr or "MemoryError" in stderr:
            return Verdict.OUT_OF_MEMORY
        if stderr.startswith("build failed: "):
            return Verdict.BUILD_FAILED
        return super().verdict(status, stderr)

    def cut(self, prompt: str, completion: str) -> str:
        """Up to and with the first `end` at column 0, which closes the function the prompt opened."""
        text = "\n" + completion
        at = text.find("\nend")
        while at >= 0 and text[at + 4 : at + 5].isalnum():
            at = text.find("\nend", at + 1)
        return text[1 : at + 4] + "\n" if at >= 0 else completion


def _spoken(tests: str) -> Iterator[tuple[str, tuple[str, Any] | None]]:
    """The lines of a test program that remain, with (call, value) where one says a value.

    Raises ValueError where anything is found but assertions of literals, one after another, and assignments.
    """
    place = 0
    while place < len(tests):
        end = tests.find("\n", place) % (len(tests) + 1)
        unit = _LUAUNIT.match(tests, place)
        if found := unit or _ASSERT.match(tests, place):
            bracket = closing(tests, found.end(), _QUOTES)
            end = tests.find("\n", bracket) % (len(tests) + 1)
            call, value = _compared(tests[found.end() + 1 : bracket], "," if unit else "==")
            yield f"{SAY}({call})", (call, value)
            line = tests[bracket + 1 : end]
        else:
            line = tests[place:end]
        if not _FRAME.fullmatch(line):
            if found or not _ASSIGNMENT.fullmatch(line) or _BRANCHING.search(line):
                raise ValueError(f"no assertion of a literal: {line.strip()[:60]}")
            yield line.strip(), None
        place = end + 1


def _compared(inner: str, sign: str) -> tuple[str, Any]:
    pieces = split(inner if sign == "," else split(inner, ",", _QUOTES)[0], sign, _QUOTES)
    if len(pieces) < 2:
        raise ValueError(f"nothing is compared in {inner[:40]!r}")
    return pieces[0], read(pieces[1], _WORDS)


def _table(value: Any) -> Any:
    """A value with its tables as mappings that hold no nil."""
    if isinstance(value, list | tuple):
        value = dict(enumerate(value, 1))
    return {k: _table(item) for k, item in value.items() if item is not None} if isinstance(value, dict) else value


@cache
def _lupa_version() -> str:
    return version("lupa")


@cache
def _lupa_folder() -> str:
    """Where lupa lies, found without importing it."""
    found = find_spec("lupa")
    return str(next(iter(found.submodule_search_locations or [""]))) if found else ""


def _arguments(arguments: Sequence[Any]) -> str:
    return ", ".join(map(_literal, arguments))


def _literal(value: Any) -> str:
    """A JSON value as a Lua literal."""
    if isinstance(value, list | tuple):
        return "{" + ", ".join(map(_literal, value)) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"[{_literal(str(key))}] = {_literal(item)}" for key, item in value.items()) + "}"
    if value is None:
        return "nil"
    if isinstance(value, str):
        return (
            '"' + "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else _bytes(c) for c in value) + '"'
        )
    return json.dumps(value)


def _bytes(character: str) -> str:
    return "".join(f"\\{byte:03d}" for byte in character.encode("utf-8", "replace"))


_PROMPT = "-- Return n plus 1.\nfunction f(n)\n"
_PROBES = {
    "right": Probe(code="function f(n)\n  return n + 1\nend\n", verdict=Verdict.PASSED),
    "wrong": Probe(code="function f(n)\n  return n - 1\nend\n", verdict=Verdict.WRONG_ANSWER),
    "crash": Probe(code="function f(n)\n  return n.x.y\nend\n", verdict=Verdict.RUNTIME_ERROR),
    "endless": Probe(code="function f(n)\n  while true do end\nend\n", verdict=Verdict.TIMED_OUT),
    # Lua has no sockets to try: it reads the kernel's table of addresses as the program sees it. With any network, if
    # only the loopback, 127.0.0.1 stands there and the value is right; only an empty network makes the program fail.
    "network": Probe(
        code="function f(n)\n  local addresses = io.open('/proc/self/net/fib_trie')\n"
        "  if addresses and not addresses:read('a'):find('127.0.0.1', 1, true) then error('no network') end\n"
        "  return n + 1\nend\n",
        verdict=Verdict.RUNTIME_ERROR,
    ),
    "memory": Probe(
        code="function f(n)\n  local t = {}\n  while true do t[#t + 1] = string.rep('x', 1 << 20) .. #t end\nend\n",
        verdict=Verdict.OUT_OF_MEMORY,
    ),
}

LUA = Lua(
    name="lua",
    suffixes=(".lua",),
    comment="--",
    syntax=Syntax(
        grammar="tree_sitter_lua",
        functions=("function_declaration",),
        values=("variable_declaration", "assignment_statement"),
        locals=("variable_declaration", "for_numeric_clause", "for_generic_clause"),
        close="end",
    ),
    install="pip install kcoder-lua",
    stops=("\nfunction ", "\nlocal function ", "\n--", "\nprint("),
    causes=CAUSES,
    probes=_PROBES,
    solutions=(
        (_PROMPT, "  return n + 1\nend\n", "  return n + 1\nend\n"),
        (_PROMPT, "  return n + 1\nend", "  return n + 1\nend\n"),
        (_PROMPT, "  return n + 1\nend\n\nprint(f(2))\n", "  return n + 1\nend\n"),
        (
            _PROMPT,
            "  if n then\n    n = n + 1\n  end\n  return n\nend\n-- done",
            "  if n then\n    n = n + 1\n  end\n  return n\nend\n",
        ),
        (_PROMPT, "  return n +", "  return n +"),
    ),
)
