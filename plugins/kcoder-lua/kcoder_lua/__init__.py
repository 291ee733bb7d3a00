"""Lua 5.4, run by lupa in a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kcoder.errors import MachineLacksError
from kcoder.language import Arguments, Language, Probe
from kcoder.records import Verdict

RUNNER = Path(__file__).with_name("runner.py")

# Everything the driver calls is taken before the candidate can replace it, and kept where it cannot be named.
# A table without a first element is an empty list: a Lua function cannot say more.
_HEAD = r"""
local json_{m}, say_{m}
do
  local type, tostring, kind, format, concat = type, tostring, math.type, string.format, table.concat
  local gsub, byte, out, write = string.gsub, string.byte, io.stdout, io.stdout.write
  local function escaped(c) return format("\\u%04x", byte(c)) end
  json_{m} = function(v)
    if type(v) == "table" then
      local items = {{}}
      for i = 1, #v do items[i] = json_{m}(v[i]) end
      return "[" .. concat(items, ",") .. "]"
    elseif type(v) == "string" then return '"' .. gsub(v, '[%c"\\]', escaped) .. '"'
    elseif v == nil then return "null"
    elseif kind(v) == "float" then return format("%.17g", v) end
    return tostring(v)
  end
  say_{m} = function(v) write(out, "\n{m}" .. json_{m}(v) .. "\n") end
end
"""


class Lua(Language):
    """Programs are chunks; what a program prints itself is ignored."""

    def version(self) -> str:
        try:
            return f"Lua 5.4 (lupa {version('lupa')})"
        except PackageNotFoundError:
            raise MachineLacksError("lupa, which runs Lua, is not installed", self.install) from None

    def program(self, code: str, entry: str, calls: Sequence[Arguments], mark: str) -> str:
        said = "".join(f"say_{mark}({entry}({_arguments(c)}))\n" for c in calls)
        return f"{_HEAD.format(m=mark)}{code}\n{said}"

    def command(self, file: Path) -> list[str]:
        return [sys.executable, "-I", str(RUNNER), str(file)]

    def verdict(self, status: int, stderr: str) -> Verdict:
        if "not enough memory" in stderr or "MemoryError" in stderr:
            return Verdict.OUT_OF_MEMORY
        if "LuaSyntaxError" in stderr:
            return Verdict.BUILD_FAILED
        return super().verdict(status, stderr)

    def cut(self, prompt: str, completion: str) -> str:
        """Up to and with the first `end` at column 0, which closes the function the prompt opened."""
        text = "\n" + completion
        at = text.find("\nend")
        while at >= 0 and text[at + 4 : at + 5].isalnum():
            at = text.find("\nend", at + 1)
        return text[1 : at + 4] + "\n" if at >= 0 else completion


def _arguments(arguments: Arguments) -> str:
    return ", ".join(map(_literal, arguments))


def _literal(value: Any) -> str:
    """A JSON value as a Lua literal."""
    if isinstance(value, list | tuple):
        return "{" + ", ".join(map(_literal, value)) + "}"
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
    # Lua has no sockets of its own: the way out is another program
    "network": Probe(
        code="function f(n)\n  local p = assert(io.popen('exec 3<>/dev/tcp/127.0.0.1/9'))\n  assert(p:close())\n"
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
    install="pip install kcoder-lua",
    stops=("\nfunction ", "\nlocal function ", "\n--", "\nprint("),
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
