"""Python, run by the interpreter that runs kcoder."""

from __future__ import annotations

import ast
import platform
import re
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from kcoder.language import Arguments, Language, Probe
from kcoder.records import Verdict

# Names of the driver are mangled by the mark, so that no candidate defines them by accident.
_DRIVER = """
if True:
    import json as json_{m}, sys as sys_{m}
    for call_{m} in {calls}:
        text_{m} = json_{m}.dumps({entry}(*call_{m}), allow_nan=False)
        sys_{m}.stdout.write("\\n{m}" + text_{m} + "\\n")
        sys_{m}.stdout.flush()
"""


class Python(Language):
    """Programs are whole files; what a program prints itself is ignored."""

    def version(self) -> str:
        return f"python {platform.python_version()}"

    def program(self, code: str, entry: str, calls: Sequence[Arguments], mark: str) -> str:
        return code + "\n" + _DRIVER.format(m=mark, entry=entry, calls=repr([list(c) for c in calls]))

    def command(self, file: Path) -> list[str]:
        # -I and -S: neither the user's site-packages nor PYTHON* variables decide a verdict, and start-up is halved
        return [sys.executable, "-I", "-S", str(file)]

    def verdict(self, status: int, stderr: str) -> Verdict:
        last = stderr.rstrip().rpartition("\n")[2]
        if last.startswith("MemoryError"):
            return Verdict.OUT_OF_MEMORY
        if re.match(r"(SyntaxError|IndentationError|TabError)\b", last) and "Traceback" not in stderr:
            return Verdict.BUILD_FAILED
        return super().verdict(status, stderr)

    def cut(self, prompt: str, completion: str) -> str:
        """Up to the first line at column 0 that no function is made of: anything but def, class, import or decorator.

        A helper defined after the function stays; a call, a print or prose does not.
        """
        lines = completion.split("\n")
        quoted = ""
        for number, line in enumerate(lines):
            if not quoted and line and not line[0].isspace() and number and not _BELONGS.match(line):
                return "\n".join(lines[:number]).rstrip() + "\n"
            quoted = _inside_quotes(line, quoted)
        return completion

    def parses(self, text: str) -> bool | None:
        return _tree(text) is not None

    def defines(self, text: str) -> bool | None:
        tree = _tree(text)
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return tree is not None and any(isinstance(node, kinds) for node in ast.walk(tree))


_BELONGS = re.compile(r"(def|class|import|from|async def|@|\)|\]|\}|#|\"\"\"|''')(\b|\W|$)")
_QUOTES = re.compile(r"\"\"\"|'''")


def _inside_quotes(line: str, quoted: str) -> str:
    """The triple quote that is open after a line, given the one that was open before it."""
    for found in _QUOTES.findall(line.partition("#")[0] if not quoted and "#" in line else line):
        if not quoted:
            quoted = found
        elif found == quoted:
            quoted = ""
    return quoted


def _tree(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


_PROBES = {
    "right": Probe(code="def f(n):\n    return n + 1\n", verdict=Verdict.PASSED),
    "wrong": Probe(code="def f(n):\n    return n - 1\n", verdict=Verdict.WRONG_ANSWER),
    "crash": Probe(code="def f(n):\n    return [][n]\n", verdict=Verdict.RUNTIME_ERROR),
    "endless": Probe(code="def f(n):\n    while True:\n        pass\n", verdict=Verdict.TIMED_OUT),
    # port 9 of this very machine: where there is no network even the loopback is unreachable
    "network": Probe(
        code="import socket\n\ndef f(n):\n    socket.create_connection(('127.0.0.1', 9), 2)\n    return n + 1\n",
        verdict=Verdict.RUNTIME_ERROR,
    ),
    "memory": Probe(code="def f(n):\n    return len(bytearray(3 << 30)) and n + 1\n", verdict=Verdict.OUT_OF_MEMORY),
}

_PROMPT = 'def f(n):\n    """Return n plus 1."""\n'

PYTHON = Python(
    name="python",
    suffixes=(".py",),
    comment="#",
    install="python3 is what runs kcoder; nothing to install",
    stops=("\nif __name__", "\nprint(", "\n>>>"),
    probes=_PROBES,
    solutions=(
        (_PROMPT, "    return n + 1\n", "    return n + 1\n"),
        (_PROMPT, "    return n + 1\n\nprint(f(3))\n", "    return n + 1\n"),
        (_PROMPT, "    # one more\n\n    return n + 1\n\n\nassert f(1) == 2\n", "    # one more\n\n    return n + 1\n"),
        (
            _PROMPT,
            "    return helper(n)\n\ndef helper(n):\n    return n + 1\n\nhelper(2)\n",
            "    return helper(n)\n\ndef helper(n):\n    return n + 1\n",
        ),
        (
            _PROMPT,
            '    text = """\nat the margin\n"""\n    return n + 1\n',
            '    text = """\nat the margin\n"""\n    return n + 1\n',
        ),
    ),
)
