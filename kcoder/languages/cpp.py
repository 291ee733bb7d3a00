"""C++, compiled by g++ as C++17.

The driver (drivers/cpp.hpp) is included before the program's first line and includes nothing itself. JSON arguments
become what the function's parameters are declared with: lists and objects anything that a braced list can make, null
whatever `{}` is.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kcoder import toolchain
from kcoder.causes import cpp as causes
from kcoder.errors import UsageError
from kcoder.expressions.bare import uncommented
from kcoder.expressions.conditions import Statement, body, compared, statements
from kcoder.expressions.literal import first, single
from kcoder.expressions.spoken import Edit, spoken
from kcoder.language import COMPLAINT, Call, Language, Limits, Probe, Program, Syntax, Tests, same
from kcoder.records import Verdict

DRIVERS = Path(__file__).with_name("drivers")
#: begins the driver's names, until the mark is known
DRIVER = "kcoder__"
#: includes all of the standard library, and may be precompiled
HEADER = "everything.hpp"
#: seconds in which it must be
LIBRARY = 120
FLAGS = ("-std=c++17", "-w", "-Wfatal-errors", "-fdiagnostics-plain-output")

_MAKING = threading.Lock()
#: programs that include it before anything that could change what it is: they are compiled with it precompiled
_EVERYTHING = re.compile(
    r"(?s:\s|//[^\n]*\n|/\*.*?\*/|#[ \t]*include[ \t]*<[\w./]+>)*#[ \t]*include[ \t]*<bits/stdc\+\+\.h>"
)
_MAIN = r"\bint\s+main\s*\([^)]*\)\s*\{"
_FAULT = re.compile(r"^program\.cpp:(\d+):\d+: (?:fatal )?error: (.*)$", re.M)
#: HumanEval-X compares vectors by a function of its own. Where it is this one, and not the one that allows numbers to
#: differ a little, it means that they are equal.
_SAME = (
    r"bool issame \( vector<(int|string)> a , vector<\1> b \) \{ if \( a\.size\(\) != b\.size\(\) \) return false ; "
    r"for \( int i = 0 ; i < a\.size\(\) ; i\+\+ \) \{ if \( a\[i\] != b\[i\] \) return false ; \} return true ; \}"
).replace(" ", r"\s*")
#: a list that is not in round brackets too may have been made from one or from its items
_BRACED = re.compile(r"[\w>]\s*\{")
_WORDS = {
    "std::vector": lambda given: given[0] if given else [],
    "std::map": lambda given: dict(map(tuple, given[0])) if given else {},
    "std::make_tuple": tuple,
    "std::optional": first,
    "std::string": first,
    "float": lambda given: single(given[0]),
    "std::nullopt": lambda _: None,
    "true": lambda _: True,
    "false": lambda _: False,
}


class Cpp(Language):
    """A program is one file; what it prints itself is ignored.

    Macros of a program hold in the tests that follow it: they can change what is called and what holds, not the value
    that is expected.
    """

    revision = 4

    def version(self) -> str:
        return toolchain.told_version(self._compiler(), "cpp", "--version")

    def program(self, code: str, tests: Tests, mark: str) -> Program:
        names = ("kcoder.hpp", "kcoder_calls.hpp")
        files = {name: _driver(name).replace(DRIVER, f"kcoder{mark}").replace("{mark}", mark) for name in names}
        files["program.cpp"] = f"{code}\n{tests.text.replace(DRIVER, f'kcoder{mark}')}"
        made = _precompiled(self._compiler()) if not self.image() and _EVERYTHING.match(code) else ""
        before = ("-I", made, "-include", HEADER) if made else ()
        how = (self._compiler(), *FLAGS, *_linker(self.image() or ""), *before, "-include", "kcoder.hpp")
        build = (*how, "program.cpp", "-o", "program")
        libraries = ("-lcrypto",) if "<openssl/" in code else ()  # HumanEval-X's MD5
        return Program(files, ((*build, *libraries), ("./program",)))

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        lines = [line for arguments, _ in calls for line in _call(entry, arguments)]
        text = "\n".join(('#include "kcoder_calls.hpp"', "int main() {", *lines, "}", ""))
        sources = tuple(f"{entry}({json.dumps(arguments)[1:-1]})" for arguments, _ in calls)
        return Tests(text, tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        """Conditions that compare with literals say their values, others whether they hold: of MultiPL-E's those that
        compare a union, of HumanEval-X's those that allow a difference. What is tried in loops is tried in the
        program."""
        tests = uncommented(tests)
        of_union = bool(re.search(r"\bunion\s", prompt))
        equal = "issame" if re.search(_SAME, tests) else ""

        def edit(statement: Statement) -> Edit:
            inner = statement.inner.strip()
            if not statement.once:
                return statement.replaced(f"{DRIVER}check(bool({inner}), {json.dumps(inner)});")
            unread = of_union or (_BRACED.search(inner) and not equal)
            found = None if unread else compared(inner, _WORDS, equal)
            if found is None or (isinstance(found[1], bool) and "==" not in inner):
                found = (f"bool({inner})", True)
            return statement.replaced(f"{DRIVER}say({found[0]});", found)

        try:
            main = body(tests, _MAIN)
            edits = [edit(each) for each in statements(tests, r"\bassert\s*\(", main)]
        except ValueError as error:
            raise UsageError(f"tests in C++ cannot be read: {error}", "they need a main") from None
        return spoken(tests, edits, Edit(main[1], main[1], f"    {DRIVER}end();\n"), rf"\bassert\s*\(|{DRIVER}check\(")

    def same(self, answer: Any, expected: Any) -> bool:
        """A truth value is a number: `true == 1`."""
        if isinstance(answer, bool) != isinstance(expected, bool):
            return isinstance(answer, int | float) and isinstance(expected, int | float) and answer == expected
        return same(answer, expected)

    def paths(self) -> tuple[str, ...]:
        return () if self.image() else (str(toolchain.cache(self.name)),)

    def complaint(self, words: str) -> str:
        if fault := _FAULT.search(words):
            return f"line {fault[1]}: {fault[2]}"[:COMPLAINT]
        missing = re.search(r"undefined reference to .*", words)
        return missing[0].replace("`", "'")[:COMPLAINT] if missing else super().complaint(words)

    def unbuilt(self, words: str) -> Verdict:
        # what is included before the first line of the program
        return (
            Verdict.HARNESS_ERROR if re.search(r"^<command-line>: fatal error", words, re.M) else Verdict.BUILD_FAILED
        )

    def verdict(self, status: int, stderr: str) -> Verdict:
        if re.search(r"^assertion failed", stderr, re.M):
            return Verdict.WRONG_ANSWER
        if "std::bad_alloc" in stderr:
            return Verdict.OUT_OF_MEMORY
        return super().verdict(status, stderr)

    def _compiler(self) -> str:
        return toolchain.program("g++", "cpp", self.install)


@cache
def _linker(root: str) -> tuple[str, ...]:
    """The fastest linker that is there: the usual one takes 40 ms more."""
    for name in ("mold", "lld", "gold"):
        if Path(f"{root}/usr/bin/ld.{name}").exists():
            return (f"-fuse-ld={name}",)
    return ()


@cache
def _precompiled(compiler: str) -> str:
    """The folder in the user's cache that holds HEADER precompiled, which saves a second a program; "" where it cannot
    be made. It takes four seconds, once for each compiler."""
    of = (
        toolchain.told_version(compiler, "cpp", "--version"),
        compiler,
        str(Path(compiler).stat().st_mtime_ns),
        *FLAGS,
    )
    folder = toolchain.cache("cpp") / hashlib.sha256("\0".join(of).encode()).hexdigest()[:16]
    made = folder / f"{HEADER}.gch"
    with _MAKING:
        if made.exists():
            return str(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / HEADER).write_text("#include <bits/stdc++.h>\n")
            with tempfile.NamedTemporaryFile(dir=folder) as new:
                command = [compiler, *FLAGS, "-x", "c++-header", str(folder / HEADER), "-o", new.name]
                subprocess.run(command, check=True, capture_output=True, timeout=LIBRARY, stdin=subprocess.DEVNULL)
                Path(new.name).chmod(0o644)  # who runs programs may be another user
                os.link(new.name, made)
        except FileExistsError:  # another process was faster
            pass
        except (OSError, subprocess.SubprocessError):
            return ""
    return str(folder)


@cache
def _driver(name: str) -> str:
    return (DRIVERS / name.replace("kcoder", "cpp")).read_text("utf-8")


def _call(entry: str, arguments: Sequence[Any]) -> Iterator[str]:
    """A call, with a variable for each argument."""
    yield "  {"
    given = []
    for number, value in enumerate(arguments):
        parameter = f"{DRIVER}::nth<{number}, decltype({DRIVER}::parameters({entry}))>"
        yield f"    {parameter}::type a{number} = {_literal(value)};"
        given.append(f"static_cast<{parameter}::given>(a{number})")
    yield f"    {DRIVER}say({entry}({', '.join(given)}));"
    yield "  }"


def _literal(value: Any) -> str:
    """A JSON value as what initialises a variable of the type that fits it."""
    if isinstance(value, list | tuple):
        return f"{{{', '.join(map(_literal, value))}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{{{_literal(key)}, {_literal(item)}}}' for key, item in value.items())}}}"
    if isinstance(value, str):
        coded = value.encode("utf-8", "replace")
        if len(coded) == 1:
            return f"{DRIVER}::letter{{char({coded[0]})}}"
        return f'std::string("{"".join(map(_escaped, coded))}", {len(coded)})'
    if value is None:
        return "{}"
    # the lowest number of 64 bits is none that can be written
    return "(-9223372036854775807 - 1)" if value == -(1 << 63) and isinstance(value, int) else json.dumps(value)


def _escaped(byte: int) -> str:
    plain = 32 <= byte < 127 and chr(byte) not in '"\\?'
    return chr(byte) if plain else f"\\{byte:03o}"


_PROMPT = "// Return n plus 1.\nlong f(long n) {\n"


def _probe(body: str, verdict: Verdict, includes: str = "") -> Probe:
    return Probe(code=f"{includes}{_PROMPT}{body}}}\n", verdict=verdict)


CPP = Cpp(
    name="cpp",
    aliases=("c++", "cplusplus"),
    suffixes=(".cpp", ".cc", ".cxx", ".hpp", ".hh", ".h"),
    comment="//",
    block_comment=("/*", "*/"),
    syntax=Syntax(
        grammar="tree_sitter_cpp",
        functions=("function_definition",),
        types=(
            "class_specifier",
            "struct_specifier",
            "union_specifier",
            "enum_specifier",
            "type_definition",
            "alias_declaration",
            "concept_definition",
            "preproc_def",
            "preproc_function_def",
        ),
        values=("declaration",),
        imports=("preproc_include",),
        others=(
            "using_declaration",
            "namespace_definition",
            "namespace_alias_definition",
            "static_assert_declaration",
            "preproc_call",
            "preproc_if",
            "preproc_ifdef",
        ),
        wrappers=("template_declaration", "linkage_specification"),
        names=("identifier", "type_identifier", "namespace_identifier", "preproc_arg"),
        locals=("declaration", "for_range_loop"),
        overloads=True,
    ),
    content={
        ".h": r"(?m)^\s*(class|namespace|template|using)\b|\bstd::|\b(public|private|protected):"
        r"|^\s*#\s*include\s*<[a-z_]+>"
    },
    generated=(
        r"Meta object code from reading C\+\+ file",
        r"(?m)^/\* A Bison parser, made by GNU Bison",
        r"(?m)^#define FLEX_SCANNER$",
    ),
    generated_paths=(
        r"(^|/)moc_[^/]*\.cpp$",
        r"\.pb\.(cc|h)$",
    ),
    install="apt install g++",
    run=Limits(memory=64, processes=32),
    causes=causes.CPP,
    probes={
        "right": _probe("    return n + 1;\n", Verdict.PASSED),
        "wrong": _probe("    return n - 1;\n", Verdict.WRONG_ANSWER),
        "crash": _probe("    long* nowhere = nullptr;\n    return nowhere[n];\n", Verdict.RUNTIME_ERROR),
        "endless": _probe("    for (volatile long i = 0;; i = i + 1) {}\n", Verdict.TIMED_OUT),
        # port 9 of this very machine, where nobody listens: to be refused takes a network, if only the loopback
        "network": _probe(
            "    sockaddr_in there{AF_INET, htons(9), {htonl(INADDR_LOOPBACK)}, {}};\n"
            "    int s = socket(AF_INET, SOCK_STREAM, 0);\n"
            "    if (s < 0 || (connect(s, (sockaddr*)&there, sizeof there) && errno != ECONNREFUSED)) {\n"
            '        perror("socket");\n        abort();\n    }\n    return n + 1;\n',
            Verdict.SANDBOX_DENIED,
            "#include <netinet/in.h>\n#include <cerrno>\n#include <cstdio>\n#include <cstdlib>\n",
        ),
        "memory": _probe(
            "    long* all = new long[1L << 28];\n    all[n] = 1;\n    return all[n] + n;\n", Verdict.OUT_OF_MEMORY
        ),
    },
    solutions=(
        (_PROMPT, "    return n + 1;\n}\n", "    return n + 1;\n}\n"),
        (
            _PROMPT,
            "    if (n) {\n        return n + 1;\n    }\n\n    return 1;\n}\n",
            "    if (n) {\n        return n + 1;\n    }\n\n    return 1;\n}\n",
        ),
    ),
)
