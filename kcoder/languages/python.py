"""Python, run by the interpreter that runs kcoder."""

from __future__ import annotations

import ast
import builtins
import platform
import re
import symtable
import warnings
from collections.abc import Sequence

from kcoder.causes import python as causes
from kcoder.language import Call, Forked, Language, Probe, Syntax, Tests
from kcoder.records import Verdict


class Python(Language):
    """Programs are whole files; what a program prints itself is ignored."""

    revision = 3

    def version(self) -> str:
        return f"python {platform.python_version()}"

    def program(self, code: str, tests: Tests, mark: str) -> Forked:
        return Forked(code, tests.text)

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        sources = tuple(f"{entry}({', '.join(map(repr, arguments))})" for arguments, _ in calls)
        return Tests("".join(f"say({source})\n" for source in sources), tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        """As they stand: they run in another process, with their own assert and their own standard library."""
        return Tests(tests)

    def cut(self, prompt: str, completion: str) -> str:
        """The longest part that parses, up to the first statement at the margin that only uses the function.

        Later definitions, imports and plain constants stay: the function may need them. What the length limit left
        unfinished after the function goes.
        """
        text, least = prompt + completion, len(prompt)
        starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
        end = len(text)
        while isinstance(tree := _parsed(text[:end]), int):
            # beyond the line of the error nothing can mend it
            before = [at for at in starts[:tree] if least <= at < end and _at_margin(text, at)]
            if not before:
                return _first_use(text, starts, least)
            end = before[-1]
        last: int = least
        for node in tree.body:
            if starts[node.lineno - 1] >= least and not _belongs(node):
                break
            line = node.end_lineno or 0
            last = starts[line] if line < len(starts) else end
        return text[least : max(least, min(last, end))]

    def parses(self, text: str) -> bool | None:
        return _tree(text) is not None

    def defines(self, text: str) -> bool | None:
        tree = _tree(text)
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return tree is not None and any(isinstance(node, kinds) for node in ast.walk(tree))

    def self_contained(self, text: str) -> bool | None:
        """As the compiler resolves names. One that calls itself may be given a deeper stack further down."""
        tree = _tree(text)
        if tree is None:
            return False
        try:
            return not _recursive(tree) and not _lacking(symtable.symtable(text, "candidate.py", "exec"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False


def _recursive(tree: ast.Module) -> bool:
    """Whether a function names itself."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(
        isinstance(part, ast.Name | ast.Attribute) and getattr(part, "id", getattr(part, "attr", "")) == function.name
        for function in functions
        for part in ast.walk(function)
    )


def _lacking(file: symtable.SymbolTable) -> set[str]:
    """The names that a file's code takes from the file, and neither the file nor Python has."""
    used, given = set[str](), set(dir(builtins))
    waiting = [file]
    while waiting:
        scope = waiting.pop()
        waiting += scope.get_children()
        for symbol in scope.get_symbols():
            outer = scope is file or symbol.is_global()
            if outer and (symbol.is_assigned() or symbol.is_imported()):
                given.add(symbol.get_name())
            elif outer and symbol.is_referenced():
                used.add(symbol.get_name())
    return used - given


def _parsed(text: str) -> ast.Module | int:
    """The tree, or the number of the line on which parsing failed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        return 0


def _at_margin(text: str, at: int) -> bool:
    return at < len(text) and not text[at].isspace()


def _belongs(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(part, ast.Call) for part in ast.walk(node))
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)


def _first_use(text: str, starts: list[int], least: int) -> str:
    """Of a text that never parses: what stands before its first line at the margin."""
    ends = [at for at in starts if at >= least and _at_margin(text, at)]
    return text[least : ends[0]] if ends else text[least:]


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
    # port 9 of this very machine, where nobody listens: to be refused takes a network, if only the loopback. Where
    # that is missing too the address is unreachable, and only then does the program fail.
    "network": Probe(
        code="import socket\n\ndef f(n):\n    try:\n        socket.create_connection(('127.0.0.1', 9), 2)\n"
        "    except ConnectionRefusedError:\n        pass\n    return n + 1\n",
        verdict=Verdict.SANDBOX_DENIED,
    ),
    "memory": Probe(code="def f(n):\n    return len(bytearray(3 << 30)) and n + 1\n", verdict=Verdict.OUT_OF_MEMORY),
}

_PROMPT = 'def f(n):\n    """Return n plus 1."""\n'

PYTHON = Python(
    name="python",
    aliases=("python3", "py"),
    suffixes=(".py",),
    comment="#",
    syntax=Syntax(
        grammar="tree_sitter_python",
        functions=("function_definition",),
        types=("class_definition", "type_alias_statement"),
        values=("assignment", "augmented_assignment"),
        imports=("import_statement", "import_from_statement"),
        heads=("future_import_statement",),
        others=("call:sys.setrecursionlimit",),
        wrappers=("decorated_definition", "expression_statement"),
        locals=("assignment", "for_statement"),
        close="",
    ),
    generated_paths=(r"_pb2(_grpc)?\.py$", r"(^|/)(__pycache__|node_modules|site-packages)/"),
    scorer="radon",
    install="python3 is what runs kcoder; nothing to install",
    stops=("\nif __name__", "\nprint(", "\n>>>"),
    causes=causes.PYTHON,
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
