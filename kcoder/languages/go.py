"""Go, compiled and linked by the toolchain's own programs: the go command and its cache are not needed for that.

The program is a package that a main of the driver's imports (drivers/go.go): it may have a main of its own, and carry
any name. JSON arguments become what the function's parameters are declared with (drivers/go_calls.go).

A toolchain up to Go 1.19 brings the standard library compiled; a later one compiles it once, in a minute or two, into
kcoder's folder in the user's cache.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from kcoder import toolchain
from kcoder.causes import go as causes
from kcoder.errors import MachineLacksError, UsageError
from kcoder.expressions.bare import bare
from kcoder.expressions.go import DRIVER, PACKAGE, TESTIFY, begins, imported, read_tests
from kcoder.language import COMPLAINT, Call, Language, Limits, Probe, Program, Syntax, Tests
from kcoder.records import Verdict

DRIVERS = Path(__file__).with_name("drivers")
MAIN = 'package main\n\nimport c "candidate"\n\nfunc main() { c.Kcoder__run() }\n'
#: seconds in which the standard library must be compiled
LIBRARY = 900
_FAULT = re.compile(r"^program\.go:(\d+):\d+: (.*)$", re.M)
#: what the run-time system says of its end, most telling first
_SIGNS = {
    r"^assertion failed": Verdict.WRONG_ANSWER,
    r"^build failed": Verdict.BUILD_FAILED,
    r"^fatal error: .*out of memory|cannot allocate memory": Verdict.OUT_OF_MEMORY,
    r"failed to create new OS thread|: (operation not permitted|no space left on device|file too large|"
    r"resource temporarily unavailable)": Verdict.SANDBOX_DENIED,
}


class Go(Language):
    """A program is one file of a package; what it prints itself is ignored."""

    revision = 4

    def version(self) -> str:
        return toolchain.told_version(toolchain.program("go", "go", self.install), "go", "version")

    def program(self, code: str, tests: Tests, mark: str) -> Program:
        def driver(text: str) -> str:
            text = text.replace(DRIVER, f"kcoder{mark}").replace("Kcoder__", f"Kcoder{mark}")
            return text.replace(f"kcoder{mark}package", package).replace("{mark}", mark)

        if TESTIFY in code:
            code = imported(code, tests.text)
        named = PACKAGE.search(bare(code))
        package = named[1] if named else "main"
        # on the first line: the program keeps its own numbers
        code = code if named else f"package main; {code}"
        tools, library = _toolchain(toolchain.program("go", "go", self.install), self.image())
        files = {"program.go": f"{code}\n{driver(tests.text)}", "kcoder.go": driver(_read("go.go"))}
        if f"{DRIVER}call(" in tests.text:
            files["calls.go"] = driver(_read("go_calls.go"))
        archive = ("-pack", "-dwarf=false", "-importcfg", "library")
        commands = (
            (f"{tools}/compile", "-p", "candidate", "-o", "candidate.a", "-c=1", *archive, *files),
            (f"{tools}/compile", "-p", "main", "-o", "main.a", *archive, "main.go"),
            (f"{tools}/link", "-s", "-w", "-importcfg", "library", "-o", "program", "main.a"),
            ("./program",),
        )
        library = f"{library}packagefile candidate=candidate.a\n"
        return Program(files | {"main.go": driver(MAIN), "library": library}, commands)

    def calls(self, entry: str, calls: Sequence[Call]) -> Tests:
        given = [json.dumps(arguments) for arguments, _ in calls]
        lines = [f"{DRIVER}call({entry}, {json.dumps(each)})" for each in given]
        sources = tuple(f"{entry}({each[1:-1]})" for each in given)
        return Tests(begins(*lines), tuple(right for _, right in calls), sources)

    def asserts(self, prompt: str, tests: str) -> Tests:
        """MultiPL-E's table of `actual` and `expected` and HumanEval-X's `assert.Equal(..)` are read: comparisons with
        literals say values, others whether they hold. What is compared in loops is compared in the program."""
        try:
            return read_tests(tests)
        except ValueError as error:
            raise UsageError(f"tests in Go cannot be read: {error}", "they need a func Test..(t *testing.T)") from None

    def paths(self) -> tuple[str, ...]:
        found = None if self.image() else shutil.which("go")
        return (_root(found), str(toolchain.cache("go"))) if found else ()

    def complaint(self, words: str) -> str:
        fault = _FAULT.search(words)
        return f"line {fault[1]}: {fault[2]}"[:COMPLAINT] if fault else super().complaint(words)

    def verdict(self, status: int, stderr: str) -> Verdict:
        for sign, verdict in _SIGNS.items():
            if re.search(sign, stderr, re.M):
                return verdict
        return super().verdict(status, stderr)


@cache
def _read(name: str) -> str:
    return (DRIVERS / name).read_text("utf-8")


@cache
def _toolchain(go: str, image: str | None) -> tuple[str, str]:
    """Where the compiler lies, and where each package of the standard library, as the compiler reads it.

    Raises MachineLacksError where there is no compiled library and none can be made.
    """
    root = _root(go, image or "")
    tools = next(iter(sorted(Path(f"{image or ''}{root}").glob("pkg/tool/*/compile"))), None)
    if tools is None:
        raise MachineLacksError(f"there is no Go compiler in {root}", GO.install)
    packages = Path(f"{image or ''}{root}", "pkg", tools.parent.name)
    found = {
        str(path.relative_to(packages).with_suffix("")): f"{root}/pkg/{packages.name}/{path.relative_to(packages)}"
        for path in sorted(packages.rglob("*.a"))
    }
    lines = [f"{name}={path}" for name, path in found.items()] if "fmt" in found else _compiled(go, image)
    return f"{root}/pkg/tool/{packages.name}", "".join(f"packagefile {line}\n" for line in lines)


def _compiled(go: str, image: str | None) -> list[str]:
    """The standard library, compiled into kcoder's own cache."""
    if image:
        cure = "in there: GODEBUG=installgoroot=all go install std"
        raise MachineLacksError(f"the Go in {image} comes without a compiled standard library", cure)
    folder = toolchain.cache("go")
    own = {"HOME": str(folder), "GOCACHE": str(folder), "GOPATH": str(folder / "path"), "GOENV": "off"}
    plain = {
        "CGO_ENABLED": "0",
        "GO111MODULE": "off",
        "GOTOOLCHAIN": "local",
        "PATH": os.environ.get("PATH", os.defpath),
    }
    command = [go, "list", "-export", "-f", "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}", "std"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=LIBRARY,
            env=own | plain,
            cwd=folder,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineLacksError(f"Go's standard library cannot be compiled: {error}", GO.install) from None
    if done.returncode:
        raise MachineLacksError(f"Go's standard library cannot be compiled: {done.stderr.strip()[-200:]}", GO.install)
    return done.stdout.split()


def _root(go: str, image: str = "") -> str:
    """Where the toolchain lies to which a go command, perhaps a link, belongs."""
    return str(Path(os.path.realpath(f"{image}{go}")).parents[1]).removeprefix(image)


_PROMPT = "package main\n\n// Return n plus 1.\nfunc f(n int) int {\n"


def _probe(body: str, verdict: Verdict, imports: str = "") -> Probe:
    return Probe(code=_PROMPT.replace("main\n", f"main\n\n{imports}") + f"{body}}}\n", verdict=verdict)


GO = Go(
    name="go",
    aliases=("golang",),
    suffixes=(".go",),
    comment="//",
    block_comment=("/*", "*/"),
    syntax=Syntax(
        grammar="tree_sitter_go",
        functions=("function_declaration", "method_declaration"),
        types=("type_declaration",),
        values=("var_declaration", "const_declaration"),
        imports=("import_declaration",),
        heads=("package_clause",),
        names=("identifier", "type_identifier", "package_identifier"),
        locals=("short_var_declaration", "var_spec", "range_clause"),
        given="any append bool byte cap clear close comparable complex complex128 complex64 copy delete error false "
        "float32 float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print println real "
        "recover rune string true uint uint16 uint32 uint64 uint8 uintptr",
        specs=("import_spec",),
        packages=("selector_expression.operand", "qualified_type.package"),
    ),
    # `go help generate`
    generated=(r"(?m)^// Code generated .* DO NOT EDIT\.$",),
    generated_paths=(
        r"\.pb\.go$",
        r"(^|/)zz_generated",
        r"(^|/)vendor/",
    ),
    install="apt install golang-go, or unpack go.dev/dl into /usr/local",
    # what a panic says, without the ways of all goroutines
    environment={"GOTRACEBACK": "none"},
    run=Limits(memory=256, processes=64),
    causes=causes.GO,
    probes={
        "right": _probe("\treturn n + 1\n", Verdict.PASSED),
        "wrong": _probe("\treturn n - 1\n", Verdict.WRONG_ANSWER),
        "crash": _probe("\treturn []int{}[n]\n", Verdict.RUNTIME_ERROR),
        "endless": _probe("\tfor {\n\t\tn++\n\t}\n", Verdict.TIMED_OUT),
        # port 9 of this very machine, where nobody listens: to be refused takes a network, if only the loopback
        "network": _probe(
            '\t_, err := net.Dial("tcp", "127.0.0.1:9")\n'
            '\tif err != nil && !strings.Contains(err.Error(), "refused") {\n\t\tpanic(err)\n\t}\n\treturn n + 1\n',
            Verdict.SANDBOX_DENIED,
            'import (\n\t"net"\n\t"strings"\n)\n',
        ),
        "memory": _probe(
            "\tvar all [][]byte\n\tfor len(all) < 4096 {\n\t\tall = append(all, make([]byte, 1<<20))\n\t}\n"
            "\treturn n + len(all)\n",
            Verdict.OUT_OF_MEMORY,
        ),
    },
    solutions=(
        (_PROMPT, "\treturn n + 1\n}\n", "\treturn n + 1\n}\n"),
        (_PROMPT, "\tif n > 0 {\n\t\tn++\n\t}\n\n\treturn n\n}\n", "\tif n > 0 {\n\t\tn++\n\t}\n\n\treturn n\n}\n"),
    ),
)
